"""Numbers as English writes them in words."""

_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ONES = {word: number for number, word in enumerate(_ONES.split(), 1)}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
SPELLED = ONES | TENS
