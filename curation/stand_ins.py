"""What stands in a text for words that were lost before it came here."""

FORMULA = "[formula]"
"""A formula of which a publisher gives only a picture."""

STAND_INS = ("<unk>", "[UNK]", FORMULA)
"""That, and what makers of data sets put for words that their vocabulary lacked."""
