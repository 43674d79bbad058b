"""
The closed grammar of day phrases: one line, one way of saying it.

`grammar.py` explains the patterns. English stands beside the Dutch it translates. Ordinary weekday names are
DAYNAME, WEEKDAY has the abbreviations as well; NTH is `13e`, ORDINAL also `dertiende`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.core.dates import days
from bot.core.dates.feasts import FEASTS
from bot.core.dates.grammar import Grammar
from bot.core.dates.periods import NAMED_PERIODS, PERIODS, Period
from bot.core.dates.senses import day_of_month
from bot.core.dates.values import AskReason

if TYPE_CHECKING:
    from bot.core.dates.senses import Sense

_RELATIVE: Final = (
    ("vandaag|heden|today", days.days_on(0)),
    ("morgen|tomorrow", days.days_on(1)),
    ("overmorgen", days.days_on(2)),
    ("the? day after tomorrow", days.days_on(2)),
    ("over morgen", days.tomorrow_or_after),
    ("het|the? eind|einde|end van|of? de|the? dag|werkdag|day", days.days_on(0)),
    ("eod|cob", days.days_on(0)),
)

_WEEKDAYS: Final = (
    ("DAYNAME", days.named_day),
    ("ABBREVIATION $", days.short_weekday),
    ("deze|this WEEKDAY", days.named_day),
    ("aanstaande|aanst|a.s|komende|eerstkomende|eerstvolgende|coming|upcoming WEEKDAY", days.coming_weekday),
    ("de|the eerstkomende|eerstvolgende|komende|coming WEEKDAY", days.coming_weekday),
    ("WEEKDAY aanstaande|aanst|a.s|as|komende", days.coming_weekday),
    ("volgende|next WEEKDAY", days.next_weekday),
    ("NAMED op|on? WEEKDAY", days.of_week_weekday),
    ("WEEKDAY van|in|of? NAMED", days.weekday_of),
    ("komende|aanstaande|coming week op|on? WEEKDAY", days.coming_week_weekday),
    ("WEEKDAY komende week", days.coming_week_weekday),
    ("de? komende|aanstaande|coming week", days.coming_week),
    ("WEEKDAY over COUNT UNIT", days.weekday_weeks_on),
    ("over|in COUNT UNIT op|on? WEEKDAY", days.weeks_on_weekday),
    ("a week on|from WEEKDAY", days.weekday_and_a_week),
    ("DAYNAME week", days.weekday_and_a_week),
    ("ORDINAL|laatste|last WEEKDAY", days.asks(AskReason.VAGUE)),
    ("laatste|last WEEKDAY van|in|of PERIOD", days.last_weekday_of),
    ("ORDINAL WEEKDAY van|in|of PERIOD", days.nth_weekday_of),
)

_NUMBERED: Final = (
    ("24/7", days.only_if_expected(days.asks(AskReason.VAGUE))),  # rarely 24 July
    ("NUMERIC", days.numeric),
    ("POINTED", days.pointed),
    ("WEEKDAY ,? NUMERIC", days.weekday_numeric),
    ("WEEKDAY ,? POINTED", days.weekday_pointed),
    ("de|the? DAY|ORDINAL of? MONTH", days.day_month),
    ("de|the? DAY|ORDINAL of? MONTH ,? YEAR", days.day_month),
    ("de|the? ORDINAL van MONTH", days.day_month),
    ("de|the? ORDINAL van MONTH ,? YEAR", days.day_month),
    ("DAY|ORDINAL MONTH a.s|aanstaande", days.day_month),
    ("WEEKDAY DAY|ORDINAL MONTH a.s|aanstaande", days.weekday_day_month),
    ("NUMERIC a.s|aanstaande", days.numeric),
    ("DAY MONTH DAY $", days.day_month_two_digits),
    ("DAY|ORDINAL MONTH van? volgend|next jaar|year", days.day_month_next_year),
    ("DAY|ORDINAL MONTH van? dit|this jaar|year", days.day_month_this_year),
    ("WEEKDAY ,? de|the? DAY|ORDINAL of? MONTH", days.weekday_day_month),
    ("WEEKDAY ,? de|the? DAY|ORDINAL of? MONTH ,? YEAR", days.weekday_day_month),
    ("MONTH the? DAY|ORDINAL", days.month_day),
    ("MONTH the? DAY|ORDINAL ,? YEAR", days.month_day),
    ("WEEKDAY ,? MONTH the? DAY|ORDINAL", days.weekday_month_day),
    ("WEEKDAY ,? MONTH the? DAY|ORDINAL ,? YEAR", days.weekday_month_day),
    ("WEEKDAY de|the? NTH $", days.weekday_nth),
    ("WEEKDAY de|the? DAY $", days.weekday_nth),
    ("de|the? NTH $", day_of_month),
    ("de|the DAY $", day_of_month),
    ("de ORDINAL $", day_of_month),
    ("de|the? NTH van|of de|deze|the|this maand|month", day_of_month),
    ("de|the? NTH van|of volgende|next maand|month", days.day_of_next_month),
    ("DAY|ORDINAL of|or|en|and|tot|t/m|&|- DAY|ORDINAL MONTH YEAR?", days.one_of_two_days),
    ("WEEKDAY DAY|ORDINAL of|or WEEKDAY DAY|ORDINAL MONTH YEAR?", days.one_of_two_weekdays),
    ("NUMERIC MONTH YEAR?", days.range_of_days),
)

_TERMS: Final = (
    ("over|binnen|in|within|after COUNT UNIT|HOURS", days.after),
    ("binnen nu en COUNT UNIT", days.after),
    ("over|binnen|in COUNT volle|hele|full UNIT", days.after),
    ("in|within COUNT working|business UNIT", days.after_working_days),
    ("COUNT working|business UNIT from now|today", days.after_working_days),
    ("COUNT UNIT na|vanaf|from nu|heden|vandaag|now|today", days.after),
    ("COUNT UNIT later", days.after),
    ("vandaag over COUNT UNIT", days.after),
    ("morgen over COUNT UNIT", days.after_tomorrow),
    ("over|binnen|in|within een|a? half|halve jaar|year", days.half_year_on),
    ("over|binnen een half UNIT", days.half),
    ("in|within half a year", days.half_year_on),
    ("in|within a fortnight", days.fortnight_on),
    ("over|binnen|in|within anderhalf|anderhalve UNIT", days.one_and_a_half),
    ("anderhalf|anderhalve UNIT", days.only_if_expected(days.one_and_a_half)),
    ("over|binnen|in|within? DECIMAL UNIT", days.only_if_expected(days.asks(AskReason.VAGUE))),
    ("in|within one|a and a half UNIT", days.one_and_a_half),
    ("over|binnen|in|within een|a UNIT of|or COUNT", days.about),
    ("over|binnen|in|within een|de|a|the? paar|enkele|aantal|few|couple|komende of? UNIT", days.a_few),
    ("over|binnen|in|within COUNT a|of|or|tot|to|-|/ COUNT UNIT", days.term_between),
    ("COUNT a|of|or|tot|to|-|/ COUNT UNIT", days.only_if_expected(days.term_between)),
    ("over|binnen|in|within NUMERIC UNIT", days.term_range),
    ("NUMERIC UNIT", days.only_if_expected(days.term_range)),
    ("over|binnen|in ongeveer|circa|ca|zo'n|plusminus|about|around COUNT UNIT", days.roughly),
    ("COUNT UNIT $", days.only_if_expected(days.roughly)),
    ("DAY $", days.only_if_expected(days.some_day_of_month)),
    (
        "over|binnen|in|within? COUNT UNIT|HOURS na|voor|vóór|vanaf|after|before|from|sinds|tot",
        days.asks(AskReason.EVENT),
    ),
)

_PERIODS: Final = (
    ("NAMED", days.whole_period),
    ("in|de|the NAMED", days.whole_period),
    ("eind|einde|eindje|ultimo|end|late van|of? PERIOD", days.end_period),
    ("het|the|aan? eind|einde|end van|of PERIOD", days.end_period),
    ("op|at|by|aan het|the eind|einde|end van|of PERIOD", days.end_period),
    ("begin|early|start van|of|in? PERIOD", days.part(Period.early)),
    ("aan|in|at? het|the begin|start|beginning van|of PERIOD", days.part(Period.early)),
    ("half|medio|halverwege|midden|mid|mid- van|in|of? PERIOD", days.part(Period.halfway)),
    ("in? het|the midden|middle van|of PERIOD", days.part(Period.halfway)),
    ("ergens|sometime|later|verderop|loop in|van|deze? PERIOD", days.part(Period.somewhere)),
    ("in? de|the loop|course|eerste|tweede helft? van|of PERIOD", days.part(Period.somewhere)),
    ("in|during|gedurende PERIOD", days.part(Period.somewhere)),
    ("MONTH YEAR? $", days.part_month),
    ("de|the? week van|of DAY|ORDINAL MONTH YEAR?", days.week_around),
    ("het|dit|the|this|volgend|komend|next? weekend|weekeinde", days.weekend),
)

_SOFT: Final = (
    (
        "zsm|z.s.m|asap|a.s.a.p|spoed|spoedig|binnenkort|eerdaags|urgent|dringend|soon|ooit|straks|gauw",
        days.asks(AskReason.NO_DATE),
    ),
    ("met spoed", days.asks(AskReason.NO_DATE)),
    ("zo|as snel|spoedig|vlug|gauw|soon mogelijk|as possible?", days.asks(AskReason.NO_DATE)),
    ("per direct|ommegaande|omgaande", days.asks(AskReason.NO_DATE)),
    (
        "nu|direct|meteen|onmiddellijk|later|now|immediately|nader bepalen?|te? $",
        days.asks(AskReason.NO_DATE),
    ),
    ("op korte|langere? termijn", days.asks(AskReason.NO_DATE)),
    ("een dezer dagen", days.asks(AskReason.NO_DATE)),
    ("tzt|t.z.t", days.asks(AskReason.NO_DATE)),
    ("elke|iedere|elk|ieder|every|each COUNT? DAYNAME|WEEKDAY|UNIT|PART", days.asks(AskReason.RECURRING)),
    ("elke|iedere|elk|ieder|every|each ORDINAL|laatste|last WEEKDAY", days.asks(AskReason.RECURRING)),
    ("om de COUNT? UNIT|WEEKDAY", days.asks(AskReason.RECURRING)),
    (
        "dagelijks|wekelijks|tweewekelijks|maandelijks|jaarlijks|daily|weekly|monthly",
        days.asks(AskReason.RECURRING),
    ),
    ("COUNT keer|x|maal|times per|a|in UNIT", days.asks(AskReason.RECURRING)),
    ("maandags|dinsdags|woensdags|donderdags|vrijdags|zaterdags|zondags", days.asks(AskReason.RECURRING)),
    ("mondays|tuesdays|wednesdays|thursdays|fridays|saturdays|sundays", days.asks(AskReason.RECURRING)),
)

_EVENTS: Final = tuple(
    (
        f"na|voor|vóór|tijdens|rond|bij|after|before|during de|het|the|een|a? volgende|eerstvolgende|komende|next? {event}",
        days.asks(AskReason.EVENT),
    )
    for event in (
        "zomer|winter|herfst|lente|voorjaar|najaar|summer|vakantie|vakanties|schoolvakantie|zomervakantie|kerstvakantie",
        "herfstvakantie|voorjaarsvakantie|meivakantie|holiday|holidays|bouwvak|zitting|rechtszitting|hearing|uitspraak",
        "overleg|casusoverleg|beschikking|detentie|vrijlating|bevalling|verhuizing|meeting",
    )
)

_CONDITIONS: Final = (("zodra|wanneer|als|once|when|as", days.condition),)

_FACTS: Final = (
    ("gisteren|eergisteren|yesterday", days.fact),
    ("vorige|afgelopen|last|past WEEKDAY|UNIT|PART", days.fact),
    ("vorig|afgelopen|last jaar|year", days.fact),
    ("vorige|afgelopen|last week op? WEEKDAY", days.fact),
    ("WEEKDAY vorige|last week", days.fact),
    ("WEEKDAY jl|j.l|jongstleden", days.fact),
    ("DAY|ORDINAL MONTH YEAR? jl|j.l|jongstleden", days.fact),
    ("DAY|ORDINAL? MONTH vorig|last jaar|year", days.fact),
    ("NUMERIC jl|j.l|jongstleden", days.fact),
    ("vorig|last jaar|year in? MONTH", days.fact),
    ("COUNT UNIT|HOURS geleden|ago|terug", days.fact),
    ("de|the? afgelopen|laatste|last|past COUNT UNIT", days.fact),
    ("al|sinds COUNT UNIT|HOURS", days.fact),
)

DAY_PHRASES: Final[Grammar[Sense]] = Grammar(
    (
        *_RELATIVE,
        *_WEEKDAYS,
        *_NUMBERED,
        *_TERMS,
        *_PERIODS,
        ("op|met|with|at|de? FEAST", days.feast),
        *_SOFT,
        *_EVENTS,
        *_CONDITIONS,
        *_FACTS,
    ),
    {"PERIOD": PERIODS, "NAMED": NAMED_PERIODS, "FEAST": FEASTS},
)
