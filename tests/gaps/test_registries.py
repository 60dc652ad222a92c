"""Registry numbers as people paste them, and DOIs with signs that addresses do not like."""

import pytest
from django.core.exceptions import ValidationError
from django.forms import modelform_factory

from gaps.doi import doi_link, normalise_doi
from gaps.models import Registration, Source, Study
from gaps.registries import PATTERNS, Registry, normalise_registration, registration_link, registry_of

# Every number that methods.md 5.2 and the evidence file name, with its registry.
KNOWN = {
    "NCT04270877": Registry.NCT,
    "NCT00568555": Registry.NCT,
    "NCT04502251": Registry.NCT,
    "NCT02806440": Registry.NCT,
    "NCT04739995": Registry.NCT,
    "NCT03008590": Registry.NCT,
    "NCT07285473": Registry.NCT,
    "NCT06306157": Registry.NCT,
    "NCT05430152": Registry.NCT,
    "NCT04115020": Registry.NCT,
    "ISRCTN58259979": Registry.ISRCTN,
    "ACTRN12623000172606p": Registry.ACTRN,
    "ACTRN12624001162505": Registry.ACTRN,
    "CTRI/2013/06/003735": Registry.CTRI,
    "2019-000702-30": Registry.EUDRACT,
    "2019-000852-32": Registry.EUDRACT,
    "2021-002534-16": Registry.EUDRACT,
    "RBR-7HK8N": Registry.REBEC,
}


@pytest.mark.parametrize(("number", "registry"), KNOWN.items())
def test_each_number_of_the_evidence_belongs_to_its_registry_and_stays_as_it_is(number: str, registry: Registry) -> None:
    assert registry_of(number) == registry
    assert normalise_registration(number) == number


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=[registry.value for registry in PATTERNS])
def test_the_example_in_each_message_is_itself_a_number(pattern: object) -> None:
    example = pattern.example  # type: ignore[attr-defined]

    assert PATTERNS[registry_of(example)] == pattern


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (" nct04270877 ", "NCT04270877"),
        ("NCT 0427 0877", "NCT04270877"),
        ("ISRCTN 58259979", "ISRCTN58259979"),
        ("ACTRN12623000172606P", "ACTRN12623000172606p"),
        ("ctri/2013/06/003735", "CTRI/2013/06/003735"),
        ("EUCTR2021-002534-16-ES", "2021-002534-16"),
        ("EudraCT 2019-000702-30", "2019-000702-30"),
        ("EudraCT Number: 2019-000702-30", "2019-000702-30"),
        ("2019–000702–30", "2019-000702-30"),  # en dashes
        ("2019\N{NON-BREAKING HYPHEN}000702\N{MINUS SIGN}30", "2019-000702-30"),
        ("rbr-7HK8N", "RBR-7HK8N"),
        ("ＮＣＴ０４２７０８７７", "NCT04270877"),  # full width
        ("NCT٠٤٢٧٠٨٧٧", "NCT04270877"),  # Arabic digits
        ("NCT0427\N{ZERO WIDTH SPACE}0877\N{BYTE ORDER MARK}", "NCT04270877"),
        ("https://clinicaltrials.gov/study/NCT04270877?tab=results", "NCT04270877"),
        ("https://www.isrctn.com/ISRCTN58259979", "ISRCTN58259979"),
        ("https://www.clinicaltrialsregister.eu/ctr-search/trial/2019-000702-30/DK", "2019-000702-30"),
    ],
)
def test_what_people_paste_is_kept_as_the_registry_writes_it(pasted: str, kept: str) -> None:
    assert normalise_registration(pasted) == kept
    assert normalise_registration(kept) == kept


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            "NCT0427877",
            "NCT0427877 has 7 digits; a number of ClinicalTrials.gov has 8, such as NCT04270877. One may be missing or doubled.",
        ),
        (
            "NCT042708777",
            "NCT042708777 has 9 digits; a number of ClinicalTrials.gov has 8, such as NCT04270877. One may be missing or doubled.",
        ),
        (
            "ACTRN1262300017260p",
            "ACTRN1262300017260p has 13 digits; a number of ANZCTR has 14, such as ACTRN12624001162505. One may be missing or doubled.",
        ),
        ("ISRCTN5825997", "ISRCTN5825997 has 7 digits; a number of ISRCTN has 8, such as ISRCTN58259979. One may be missing or doubled."),
        ("NCT04270877x", "NCT04270877X is not written as ClinicalTrials.gov writes its numbers, such as NCT04270877."),
        ("CTRI/2013/003735", "CTRI/2013/003735 is not written as CTRI writes its numbers, such as CTRI/2013/06/003735."),
        ("2019-00702-30", "2019-00702-30 is not written as EudraCT writes its numbers, such as 2019-000702-30."),
        ("RBR-7H", "RBR-7H is not written as ReBEC writes its numbers, such as RBR-7HK8N."),
        ("NCTO4270877", "NCTO4270877 has a letter where ClinicalTrials.gov writes a digit. If NCT04270877 is meant, write it so."),
        ("nct0427o877", "NCT0427O877 has a letter where ClinicalTrials.gov writes a digit. If NCT04270877 is meant, write it so."),
        ("ISRCTN5825997l", "ISRCTN5825997L has a letter where ISRCTN writes a digit. If ISRCTN58259971 is meant, write it so."),
        ("2O19-000702-3O", "2O19-000702-3O has a letter where EudraCT writes a digit. If 2019-000702-30 is meant, write it so."),
        (
            "CTRI/2013/O6/003735",
            "CTRI/2013/O6/003735 has a letter where CTRI writes a digit. If CTRI/2013/06/003735 is meant, write it so.",
        ),
    ],
)
def test_a_number_gone_wrong_is_refused_with_what_is_wrong(given: str, says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        registry_of(given)

    assert refused.value.messages == [says]


@pytest.mark.parametrize("given", ["", "42385209", "10.1002/art.37734", "EUPAS12345"])
def test_what_no_registry_writes_is_refused_with_an_example_of_each(given: str) -> None:
    with pytest.raises(ValidationError) as refused:
        registry_of(given)

    assert refused.value.messages == [
        (
            f"{given or '–'} is no number of a registry known here. "
            "Examples: NCT04270877, ISRCTN58259979, ACTRN12624001162505, CTRI/2013/06/003735, 2019-000702-30, RBR-7HK8N."
        )
    ]


def test_the_link_leads_to_the_record() -> None:
    assert registration_link("NCT04270877") == "https://clinicaltrials.gov/study/NCT04270877"
    assert registration_link("EUCTR2019-000702-30-DK").endswith("query=2019-000702-30")


@pytest.mark.django_db
def test_a_form_says_it_at_the_field_and_keeps_a_pasted_address_bare() -> None:
    study = Study.objects.create(slug="final-2024", label="FINAL 2024", design="parallel")
    form_class = modelform_factory(Registration, fields=("study", "identifier"))

    refused = form_class({"study": study.pk, "identifier": "NCT0427877"})
    taken = form_class({"study": study.pk, "identifier": "https://clinicaltrials.gov/study/nct04270877"})

    assert refused.errors == {
        "identifier": ["NCT0427877 has 7 digits; a number of ClinicalTrials.gov has 8, such as NCT04270877. One may be missing or doubled."]
    }
    assert taken.save().identifier == "NCT04270877"
    assert "maxlength" not in str(taken["identifier"])


@pytest.mark.django_db
def test_one_number_stands_for_one_study_however_it_is_written() -> None:
    study = Study.objects.create(slug="innova", label="INNOVA", design="parallel")
    Registration.objects.create(study=study, identifier="2021-002534-16")
    again = Registration(study=study, identifier="EUCTR2021-002534-16-ES")

    with pytest.raises(ValidationError) as refused:
        again.full_clean()

    assert set(refused.value.message_dict) == {"identifier"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "doi",
    [
        "10.1016/s2665-9913(23)00278-3",
        "10.1016/0006-8993(87)91338-2",
        "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
    ],
)
def test_a_source_keeps_parentheses_and_angle_brackets_of_its_doi_and_links_to_it(doi: str) -> None:
    source = Source(slug="a-source", title="A source", doi=f"https://doi.org/{doi}")

    source.full_clean()

    assert source.doi == doi
    assert normalise_doi(doi_link(doi)) == doi


@pytest.mark.parametrize("pasted", ["doi.org/10.1002/art.37734", "https://www.doi.org/10.1002/art.37734", "dx.doi.org/10.1002/art.37734"])
def test_a_resolver_without_its_scheme_is_taken_off_too(pasted: str) -> None:
    assert normalise_doi(pasted) == "10.1002/art.37734"
