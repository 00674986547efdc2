"""Times and stamps as others write them: one table for each kind of fault."""

import pytest

from negotiations_study.base.codebook import load_codebook
from negotiations_study.language.parser import load_model
from negotiations_study.reading.facts import ZonedText, find_published
from negotiations_study.time.dating import date_statements
from negotiations_study.time.examples import an_article, marked, speakers_of

CODEBOOK = load_codebook()
PUBLISHED = "2020-10-22"  # a Thursday
BODY = "The weavers said on Monday that they would return to the loom if the mill reopened."

STAMPS = [
    # the month in capitals or small letters
    ("OCTOBER 22, 2020", PUBLISHED),
    ("22 OCT 2020", PUBLISHED),
    ("THURSDAY, OCTOBER 22ND, 2020", PUBLISHED),
    ("oct. 22, 2020", PUBLISHED),
    ("UPDATED: OCT 22, 2020, 7:40 A.M.", PUBLISHED),
    # hyphens, and no space at all
    ("22-Oct-2020 07:40", PUBLISHED),
    ("2020-OCT-22", PUBLISHED),
    ("22/Oct/2020", PUBLISHED),
    ("22-Oct-20", PUBLISHED),
    ("22-Oct-98", "1998-10-22"),
    ("22OCT2020", PUBLISHED),
    ("22 - Oct - 2020", PUBLISHED),
    # the year first
    ("2020 October 22", PUBLISHED),
    ("2020, Oct. 22 at 7:40 am", PUBLISHED),
    ("2020 22 October", PUBLISHED),
    # words and zones of time around the clock
    ("October 22, 2020 at 7:40 AM", PUBLISHED),
    ("At 7:40 AM on October 22, 2020", PUBLISHED),
    ("October 22, 2020 at 7 a.m. ET", PUBLISHED),
    ("22 October 2020 at 7h40", PUBLISHED),
    ("October 22, 2020 at noon", PUBLISHED),
    ("Thu Oct 22 07:40:11 EST 2020", PUBLISHED),
    ("October 22, 2020 at 7:40 AM\nModified October 24, 2020 at 1:00 PM", PUBLISHED),
    # a code of a database before it
    ("PD 22 October 2020", PUBLISHED),
    # no stamp
    ("32 October 2020", None),
    ("October 2020 saw 22 strikes", None),
]


@pytest.mark.parametrize(("stamp", "day"), STAMPS)
def test_a_stamp_dates_the_article(stamp, day):
    found = find_published(
        ZonedText.of(f"Weavers and mill far apart\n\n{stamp}\n\n{BODY}\n"), None
    )[0]
    assert (found.value, found.basis) == ((day, "metadata") if day else (None, "none"))


ENDS = ["»", ". ■", " (see page 4)", " [1]", ". -30-", ". (AP)", "", ":", ". ***", " —"]


@pytest.mark.parametrize("end", ENDS)
def test_the_last_mark_of_a_short_article_does_not_lose_its_day(end):
    text = f"Weavers and mill far apart\n\n22 October 2020\n\n{BODY.removesuffix('.')}{end}"
    assert find_published(ZonedText.of(text), None)[0].value == PUBLISHED


def said(text, published=PUBLISHED):
    plain, statements = marked(text)
    article, who = an_article(plain, published), speakers_of(plain, statements)
    return date_statements(load_model()(plain), article, statements, who, codebook=CODEBOOK)[0]


# The first statement of its article: without its time it would be the news of the day.
WITH_WEEK = [
    ("on Tuesday of last week", "2020-10-13"),
    ("on Friday night last week", "2020-10-16"),
    ("on Wednesday of the week before last", "2020-10-07"),
    ("a week ago on Tuesday", "2020-10-13"),
    ("on Tuesday two weeks ago", "2020-10-06"),
    ("the Friday before last", "2020-10-09"),
    ("on Tuesday, October 6, 2020", "2020-10-06"),
    ("on Tuesday (6 October)", "2020-10-06"),
]
WITH_YEAR = [
    ("in March last year", "2019-03"),
    ("in the March of last year", "2019-03"),
    ("in late March of the previous year", "2019-03"),
    ("in March two years ago", "2018-03"),
    ("in August this year", "2020-08"),
    ("on 4 March last year", "2019-03-04"),
    ("on Christmas Eve last year", "2019-12-24"),
    ("in the summer of last year", "2019"),
]
WITHOUT_DAY = [
    ("back in 2018", "2018"),
    ("in the third quarter of 2018", "[2018-07-01..2018-09-30]"),
    ("in the first half of 2019", "[2019-01-01..2019-06-30]"),
    ("last quarter", "[2020-07-01..2020-09-30]"),
    ("in the spring of 2019", "2019"),
    ("in autumn, 2019,", "2019"),
    ("in the winter of 2018", "[2017-12-01..2019-02-28]"),
    ("last winter", "[2019-12-01..2020-08-31]"),
    ("over the summer", "[2019-12-01..2020-08-31]"),
    ("halfway through September", "2020-09"),
    ("at the start of September", "2020-09"),
    ("on the first Monday of September", "2020-09-07"),
    ("earlier in the year", "[2020-01-01..2020-10-22]"),
    ("on Good Friday", "2020-04-10"),
    ("on Easter Monday 2019", "2019-04-22"),
    ("on New Year’s Eve", "2019-12-31"),
    ("in the late 1980s", "[1980-01-01..1989-12-31]"),
    ("in the nineties", "[1990-01-01..1999-12-31]"),
    ("decades ago", "[..2010-10-22]"),
    ("half a century ago", "[..1980-12-31]"),
    ("less than a month ago", "[2020-09-01..2020-10-22]"),
]
RANGES = [
    ("on October 5-6", "[2020-10-05..2020-10-06]"),
    ("on the 5th and 6th of October", "[2020-10-05..2020-10-06]"),
    ("on 5/6 October", "[2020-10-05..2020-10-06]"),
    ("between 5 October and 7 October", "[2020-10-05..2020-10-07]"),
    ("on Sept. 30-Oct. 2", "[2020-09-30..2020-10-02]"),
    ("on December 30-January 2", "[2019-12-30..2020-01-02]"),
    ("between Monday and Wednesday", "[2020-10-19..2020-10-21]"),
    ("from Friday to Sunday", "[2020-10-16..2020-10-18]"),
    ("in July and August", "[2020-07-01..2020-08-31]"),
    ("between November and January", "[2019-11-01..2020-01-31]"),
    ("between 2016 and 2018", "[2016-01-01..2018-12-31]"),
    ("in 2016-17", "[2016-01-01..2017-12-31]"),
]


@pytest.mark.parametrize(("time", "day"), WITH_WEEK + WITH_YEAR + WITHOUT_DAY + RANGES)
def test_a_time_without_a_plain_day_is_the_stretch_it_means(time, day):
    assert said(f"{{The weavers}} <said> {time} [that they were ready].").edtf == day


UNREAD = [
    "on the eve of the vote",
    "at the height of the strike",
    "on the third day of the strike",
    "in the years of the flood",
    "on the anniversary of the closure",
    "around 2015",
    "in March of that year",
    "during the 2018 lock-out",
]


@pytest.mark.parametrize("time", UNREAD)
def test_a_time_that_is_not_read_is_no_day_of_the_report(time):
    found = said(f"{{The weavers}} <said> {time} [that they were ready].")
    assert (found.edtf, found.basis) == (f"[..{PUBLISHED}]", "unread_time")
    assert said(f"{{The weavers}} <said> {time} [so].", published=None).edtf is None


NO_TIME = [
    "after weeks of talks",
    "in the fall of the government",
    "before the summer",
    "to over 2000 people",
]


@pytest.mark.parametrize("words", NO_TIME)
def test_words_that_are_no_time_leave_the_news_of_the_day(words):
    found = said(f"{{The weavers}} <said> {words} [that they were ready].")
    assert found.basis == "publication_date"


@pytest.mark.parametrize("time", ["on Monday of next week", "next month", "tomorrow"])
def test_a_time_to_come_dates_nothing(time):
    found = said(f"{{The weavers}} <will say> {time} [whether they return].")
    assert (found.from_, found.basis) != (None, "relative_expression")
    assert found.edtf in (None, f"{PUBLISHED}~", f"[..{PUBLISHED}]")
