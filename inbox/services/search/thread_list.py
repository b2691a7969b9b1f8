"""What a list of threads shows: its queue, filters and order, as in its URL."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from inbox.models import Marketplace, Thread, User, queues
from inbox.models.keyset import COUNTING, HISTORICAL, WITHOUT, Cursor
from inbox.models.light_rows import Listed, light_threads, make_threads
from inbox.models.threads import HISTORICAL_AFTER, ThreadQuerySet
from inbox.services.insight.effect import Effect, read_effect
from inbox.services.search import misspelt_conditions, query_language
from inbox.services.search.effect_order import (
    CrossingPart,
    EffectPart,
    RankedPart,
    parts_by_effect,
)
from inbox.services.search.frequency import has_more
from inbox.services.search.full_text import Found
from inbox.services.search.list_parts import list_parts, read_queue
from inbox.services.search.list_views import (
    ALL_WITH_DEADLINE,
    CLOCK_SORTS,
    SEARCH,
    SORTS,
    VIEWS,
    WITHOUT_DEADLINE,
    views_for,
)
from inbox.services.search.misspelt_conditions import Misspelt
from inbox.services.search.query_language import Part

PAGE_SIZE = 50
MOST_PAGES = 10
# Rows shown above a thread deep in its list, where only a part of the list is shown.
ABOVE = 25
# More are not counted, "500+", nor looked through for common words: "90+".
MOST_COUNTED, MOST_CHECKED = 500, 2_000
LONGEST_QUERY = 400
# Conditions with an input of their own in the filter bar.
TYPED = ("from", "order", "after", "before")


@dataclass(frozen=True)
class Count:
    """So many threads, or at least so many (`is_over`)."""

    number: int
    is_over: bool = False


class InboxFilters:
    """Read from the URL. An unknown value is a problem, and then nothing is listed.

    `q` is a text in the search box's query language: clicking a filter adds a condition to it.
    """

    def __init__(
        self, data: Any, *, marketplaces: Iterable[Marketplace], user: User | None = None
    ) -> None:
        """`user` is the one whose `mine` is shown; without a user it is empty."""
        self.user = user
        self.all_marketplaces = list(marketplaces)
        view, sort = data.get("view", ""), data.get("sort", "")
        self.view: str = view if view in {*VIEWS, SEARCH} else "needs-reply"
        self.sort: str = sort if sort in SORTS else self.usual_sort
        self.words, self.parts = query_language.split_query(_text(data, "q", LONGEST_QUERY))
        self.is_cut = len(str(data.get("q", "")).strip()) > LONGEST_QUERY
        self._read_subject(_text(data, "entity_type", 40))
        self.is_typed = self._read_typed(data)
        # The slug of a marketplace that does not exist or that the user may not see.
        self.unknown_marketplace = ""
        self.marketplace = self._read_marketplace(_text(data, "marketplace", 100))
        # Channels belong to one marketplace.
        self.channel = self._read_channel(_text(data, "channel", 40)) if self.marketplace else ""
        # Mirakl's ids of the channel's threads, once fetched.
        self.on_channel: Collection[str] = ()

    # -- read from the address --------------------------------------------------

    def _read_subject(self, entity_type: str) -> None:
        """Older URLs name the subject beside the query."""
        names = {subject: name for name, subject in query_language.SUBJECTS.items()}
        if entity_type:
            self.parts.append(Part("about", names.get(entity_type, entity_type)))

    def _read_typed(self, data: Any) -> bool:
        """Whether the filter bar's inputs were sent; their values replace these conditions."""
        sent = {name: _text(data, f"add-{name}", 100) for name in TYPED if f"add-{name}" in data}
        self.parts = [part for part in self.parts if part.name not in sent]
        self.parts += [Part(name, value) for name, value in sent.items() if value]
        return bool(sent)

    def _read_marketplace(self, slug: str) -> Marketplace | None:
        """The marketplace in the URL, or the only one that the query names."""
        by_slug = {one.slug: one for one in self.all_marketplaces}
        if slug:
            self.unknown_marketplace = "" if slug in by_slug else slug
            return by_slug.get(slug)
        named = [part for part in self.parts if part.name == "marketplace"]
        found = by_slug.get(named[0].value) if len(named) == 1 else None
        if found:
            self.parts.remove(named[0])
        return found

    def _read_channel(self, code: str) -> str:
        named = [part for part in self.parts if part.name == "channel"]
        if code or len(named) != 1:
            return code
        self.parts.remove(named[0])
        return named[0].value

    # -- meaning ----------------------------------------------------------------

    @property
    def q(self) -> str:
        return query_language.join_query(self.words, self.parts)

    @cached_property
    def asked(self) -> query_language.Query:
        """The parsed query."""
        reader = query_language.Reader(self.user, self.marketplaces)
        asked = query_language.read_query(self.q, reader)
        if self.unknown_marketplace:
            said = _now("“%(asked)s” doesn't exist here. Remove this filter to see results.")
            asked.problems.insert(0, said % {"asked": f"marketplace:{self.unknown_marketplace}"})
        if self.is_cut:
            asked.problems.insert(0, query_language.explain_too_long(LONGEST_QUERY))
        return asked

    @property
    def may_be_order_number(self) -> bool:
        """Whether only a text is searched for, and it has a digit, as every order number does."""
        return not self.parts and any(one.isdigit() for one in self.words)

    @property
    def misspelt(self) -> list[tuple[Misspelt, str]]:
        """Misspelt conditions, each with the URL of the corrected list."""
        return [
            (one, self.address(q=query_language.join_query(one.words, [*self.parts, one.meant])))
            for one in misspelt_conditions.find_misspelt(self.words)
        ]

    @property
    def marketplaces(self) -> list[Marketplace]:
        """The chosen marketplace, or all that the user may see."""
        return [self.marketplace] if self.marketplace else self.all_marketplaces

    @property
    def is_search(self) -> bool:
        return self.view == SEARCH

    @property
    def is_empty(self) -> bool:
        """Whether it is a search without a query."""
        return self.is_search and not (self.q or self.marketplace or self.unknown_marketplace)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.channel or self.marketplace or self.unknown_marketplace)

    @property
    def view_label(self) -> Any:
        if self.is_search:
            return _("Search")
        return views_for(self.marketplaces).get(self.view, VIEWS[self.view])[0]

    @property
    def queue_counts(self) -> dict[str, int]:
        """For the chosen channel; empty without one."""
        if not self.channel:
            return {}
        threads = Thread.objects.filter(marketplace=self.marketplace)
        threads = threads.filter(mirakl_id__in=self.on_channel)
        return queues.counts_of(threads, self.marketplaces, self.user)

    # -- rows -------------------------------------------------------------------

    @cached_property
    def _found(self) -> Found[ThreadQuerySet]:
        """Threads of any channel. A property, so that the search's plan is chosen once."""
        queue = "all" if self.is_search else self.view
        threads = Thread.objects.filter(marketplace__in=self.marketplaces)
        threads = threads.filter(queues.condition(queue, self.marketplaces, self.user))
        return Found(threads.none()) if self.is_empty else self.asked.find(threads)

    def _in_channel(self, threads: ThreadQuerySet) -> ThreadQuerySet:
        return threads.filter(mirakl_id__in=self.on_channel) if self.channel else threads

    def threads(self) -> ThreadQuerySet:
        """All matching threads, in order."""
        threads = self._in_channel(self._found.threads)
        orders = {
            "effect": threads.by_deadline,
            "deadline": threads.by_deadline,
            "newest": threads.by_newest,
            "oldest": threads.by_oldest,
        }
        return orders[self.order]()

    @property
    def order(self) -> str:
        is_by_newest = self.sort in CLOCK_SORTS and self.view in WITHOUT_DEADLINE
        return "newest" if is_by_newest else self.sort

    @cached_property
    def effect(self) -> Effect:
        """What a list by effect is sorted by."""
        return read_effect(self.marketplaces, timezone.now())

    @property
    def shown_effect(self) -> Effect | None:
        """Set for a list by effect: its rows say why they stand there."""
        return self.effect if self.order == "effect" else None

    @property
    def usual_sort(self) -> str:
        return "newest" if self.view == SEARCH else "deadline"

    def count(self) -> Count:
        """The number of matching threads, as far as it is told soon."""
        if self._found.checked:
            return self._count_checked()
        number = self.threads().order_by()[: MOST_COUNTED + 1].count()
        return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)

    def _count_checked(self) -> Count:
        """Of some threads, any: common words are checked in one after another."""
        listed = self._in_channel(self._found.listed)
        some = listed.order_by().values("pk")[:MOST_CHECKED]
        matching = Thread.objects.filter(self._found.checked, pk__in=some)
        number = matching[: MOST_COUNTED + 1].count()
        is_over = number > MOST_COUNTED or has_more(listed, than=MOST_CHECKED)
        return Count(min(number, MOST_COUNTED), is_over)

    def page(self, after: str, pages: int = 1) -> tuple[list[Thread], str]:
        """Some pages of threads, and the cursor of the next one; empty at the end."""
        rows, following = self.light_page(after, pages)
        return make_threads(rows), following

    def light_page(self, after: str, pages: int = 1) -> tuple[list[Listed], str]:
        """As `page`; the threads of a queue are not made yet."""
        most = PAGE_SIZE * min(max(pages, 1), MOST_PAGES)
        rows = self._first(Cursor.parse(after), most + 1)
        if len(rows) <= most:
            return rows, ""
        return rows[:most], str(Cursor.from_thread(rows[most - 1]))

    def _first(self, cursor: Cursor | None, most: int) -> list[Listed]:
        """The first rows of the list from its top, or below the cursor.

        By deadline: running clocks, those without a deadline, historical ones.
        """
        since = timezone.now() - HISTORICAL_AFTER
        return self._read_parts(self._parts(cursor, since), since, most)

    def _read_parts(self, parts: Iterable[EffectPart], since: datetime, most: int) -> list[Listed]:
        rows: list[Listed] = []
        for part in parts:
            rows += self._read(part, since, most - len(rows))
            if len(rows) >= most:
                break
        return rows

    def _parts(
        self, cursor: Cursor | None, since: datetime, *, is_above: bool = False
    ) -> Iterator[EffectPart]:
        if self.order == "effect":
            return parts_by_effect(self.effect, self._ranges, cursor, since, is_above=is_above)
        return list_parts(self.order, self._ranges, cursor, since, is_above=is_above)

    def _read(self, part: EffectPart, since: datetime, most: int) -> Sequence[Listed]:
        is_filtered = self.is_narrowed or self.is_search or self.view == "breaching"
        if is_filtered or isinstance(part, CrossingPart):
            return list(part.select_from(self.threads(), since).for_rows()[:most])
        user = self.user.pk if self.user else None
        if isinstance(part, RankedPart):
            shown = self.marketplaces
            return part.read_queue(self.view, shown, user=user, since=since, most=most)
        cursor = part.cursor
        found = read_queue(
            *(self.view, part.order, part.key, part.is_above, -(-most // 10) * 10),
            marketplaces=[one.pk for one in self.marketplaces],
            user=user,
            now=timezone.now(),
            since=since,
            due_at=cursor and cursor.due_at,
            last_message_at=cursor and cursor.last_message_at,
            pk=cursor and cursor.pk,
        )
        return light_threads(found, self.marketplaces)[:most]

    @property
    def _ranges(self) -> list[int]:
        """The keys of the parts of a list by deadline, in order."""
        without = [] if self.view in ALL_WITH_DEADLINE else [WITHOUT]
        historical = [] if self.view == "breaching" else [HISTORICAL]
        return [COUNTING, *without, *historical]

    def around(self, thread: Thread) -> tuple[list[Listed], str]:
        """The first page if it holds the thread; else the thread with the rows above and below it.

        A thread that has left the list, e.g. because it was closed, is shown all the same.
        """
        rows, following = self.light_page("")
        if any(row.pk == thread.pk for row in rows):
            return rows, following
        cursor = Cursor.from_thread(thread)
        below, following = self.light_page(str(cursor))
        return [*self._above(cursor)[::-1], thread, *below], following

    def _above(self, cursor: Cursor) -> list[Listed]:
        """The nearest rows above the cursor, the nearest first."""
        since = timezone.now() - HISTORICAL_AFTER
        parts = self._parts(cursor, since, is_above=True)
        return self._read_parts(parts, since, ABOVE)

    def next_after(self, thread: Thread) -> Thread | None:
        """The row below this one, which need not be in the list itself."""
        rows, _following = self.light_page(str(Cursor.from_thread(thread)))
        following = [row for row in rows if row.pk != thread.pk][:1]
        return next(iter(make_threads(following)), None)

    # -- URL --------------------------------------------------------------------

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the URL; defaults are empty."""
        return {
            "view": self.view if self.view != "needs-reply" else "",
            "marketplace": self.marketplace.slug if self.marketplace else self.unknown_marketplace,
            "channel": self.channel,
            "q": self.q,
            "sort": self.sort if self.sort != self.usual_sort else "",
        }

    def query(self, **changes: str) -> str:
        """The URL's query string with these changes."""
        now = self.fields | changes
        return urlencode({key: value for key, value in now.items() if value})

    @cached_property
    def as_query(self) -> str:
        """For the URL of a row, to remember its list."""
        return self.query()

    @property
    def path(self) -> str:
        return _path("search" if self.is_search else "inbox")

    def address(self, **changes: str) -> str:
        """The list's URL with these changes."""
        if self.is_search:
            # A search opens its list, even for an order's number.
            changes |= {"view": "", "list": "1"}
        query = self.query(**changes)
        return f"{self.path}?{query}" if query else self.path

    @property
    def to_save(self) -> str:
        """The query of a saved view: of the inbox, which reads new data from the marketplaces."""
        if not self.is_search:
            return self.query()
        return self.query(view="all", sort=self.sort if self.sort != "deadline" else "")

    def with_part(self, part: Part, *, instead_of: str = "") -> str:
        """The URL with this condition in place of all others of that name."""
        kept = [one for one in self.parts if one.name != instead_of]
        return self.address(q=query_language.join_query(self.words, [*kept, part]))

    def without(self, part: Part) -> str:
        return self.address(
            q=query_language.join_query(self.words, [one for one in self.parts if one != part])
        )


@cache
def _path(name: str) -> str:
    return reverse(name)


def _text(data: Any, name: str, longest: int) -> str:
    """A parameter of the URL, without characters that no text may hold."""
    return str(data.get(name, "")).replace("\0", "").strip()[:longest]
