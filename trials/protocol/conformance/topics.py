"""What texts of a crossover protocol have to speak of, and the beginnings of words by which we tell."""

from django.utils.translation import gettext_lazy as _

from trials.protocol.conformance.reading import Topic

PERIODS = Topic(_("the periods"), (r"periods?\b", "switch", "cross"))
PERIOD_1 = Topic(_("period 1"), (r"(first|1st) (treatment )?period", r"periods? (1|one|i)\b", r"one.period", "single.period"))
PERIOD_2 = Topic(_("period 2"), (r"(second|next|other|later|2nd) (treatment )?period", r"periods? (2|two|ii)\b"))
WASHOUT = Topic(_("the washout"), ("wash", r"without (the )?(treatment|drug)", "drug.free"))
SWITCH = Topic(_("the switch of treatments"), ("switch", "cross", "both treatments", "each treatment", "second period", "next period"))
HARM = Topic(_("harms"), ("harm", "advers", "safety", "side.effect", "tolerab", "unwanted"))
BENEFIT = Topic(_("benefit"), ("benefit", "effect", "efficac", "improve", "reduc", "lower", "reliev", "relief"))
BURDEN = Topic(_("the burden of several periods or of a washout"), ("burden", "wash", r"(two|both|several) periods", "without treatment"))
OPIOIDS = Topic(_("opioids"), ("opioid", "opiate"))
PARTICIPANTS = Topic(_("participants"), ("participant", "people who took part", "those who took part"))
CLINICIANS = Topic(
    _("clinicians or a journal"), ("clinician", "journal", "publi[cs]ation", "publish", "professional", "doctor", "peer", "paper")
)
PUBLIC = Topic(_("the public"), ("public(?!a)", "patient", "lay", "plain", "registry", "website"))
DATA = Topic(_("data"), ("data",))
DICTIONARY = Topic(_("the data dictionary"), ("dictionar", "codebook", "data definition"))
CODE = Topic(_("the code of the analysis"), (r"code\b", "script", "program", "syntax"))
SUPPLY = Topic(_("who supplies the drug"), ("suppl", "provid", "manufactur", "made by", "pharmacy", "donat", "capsule"))
THE_PROTOCOL = Topic(_("the protocol"), ("protocol",))
ANALYSIS_PLAN = Topic(_("the statistical analysis plan"), ("analysis plan", "statistical", "SAP"))
METHOD = Topic(_("the method by which the list is made"), ("random", "computer", "algorithm", "minimi[sz]", "generat", "permut"))
SEQUENCE = Topic(_("the sequence to which people are assigned"), ("sequence", "order"))
BLOCKS = Topic(
    _("blocks or another restriction, or that there is none"), ("block", "minimi[sz]", "restrict", "simple random", "biased.coin")
)
LIKE = Topic(
    _("how the treatments are made alike"),
    ("identical", "match", "indistinguishable", "alike", "same", "similar", "double.dummy", "over.encapsul"),
)
BELIEFS = Topic(
    _("what is done about it"), ("ask", "record", "guess", "belie", "question", "assess", "titrat", "instruct", "analy", "not ask")
)
BIAS = Topic(
    _("which way the estimate would be wrong"),
    ("bias", "smaller", "shrink", "dilut", "underestimat", "overestimat", "towards", "too small", "too large"),
)
HALF_LIFE_OR_EFFECT = Topic(
    _("half-lives or how long the effect lasts"), ("half.?li[fv]", "persist", "outlast", "lasts?\\b", "wears off", "offset")
)
BETTER_DRUG = Topic(
    _("access to the drug after the trial"), ("access", "continu", "prescri", "open.label", "no further", "not provided", "offer")
)
AFTERCARE = Topic(_("care for harm"), ("harm", "advers", "injur", "insur", "compensat", "care", "treat"))
IMPORTANT_OR_REALISTIC = Topic(
    _("whether the difference is important, realistic, or both"),
    ("important", "importance", "meaningful", "realistic", "worthwhile", "relevant", "MCID", "MID", "anchor", "expected", "plausible"),
)
SIZE_GAP = Topic(_("the model that the size assumes"), ("siz(e|ed|ing)", "assum"))
PARALLEL = Topic(_("the number of participants of a parallel-group trial"), ("parallel",))
SAME_IN_EACH_PERIOD = Topic(
    _("the same in each period"), (r"(each|every|both|either|all) (treatment )?periods?", "throughout", "same", "identical")
)
