"""Text as XML can hold it."""

import re

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_text(value: object) -> str:
    """The text of the value, with a replacement character for each character that XML forbids or discourages."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
