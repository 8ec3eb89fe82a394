"""Items of the review queue: what may need a judgement, how it stands, and what judging it would do."""

from enum import Enum
from typing import Annotated, cast

import strawberry

from api.access.masking import Masking
from api.graphql.context import Context, Info
from api.graphql.paging import PageInfo
from api.graphql.scalars import JSON, DateTime
from api.graphql.types.decision import Verdict
from api.graphql.types.node import Node
from api.graphql.types.profile import Profile
from api.graphql.types.trait import Trait
from graph_cdp import review
from graph_cdp.domain import review as domain_review
from graph_cdp.domain.link import pair_of
from graph_cdp.domain.matching import Bar, Why
from graph_cdp.domain.policy import Policy
from graph_cdp.domain.review import Item, Ruling
from graph_cdp.query.review import ItemPage, Preview, Supposed

SIDE_MAX = 100
"""The most identifiers that a preview names of one profile."""


@strawberry.enum(description="What a finding says there may be.")
class FindingKind(Enum):
    """The kinds of findings."""

    DUPLICATE = strawberry.enum_value(
        "duplicate", description="Two profiles may be one person's, or one profile two persons'."
    )
    FRAUD = strawberry.enum_value("fraud", description="Somebody may be pretending to be many.")


@strawberry.enum(description="How an item stands.")
class ReviewState(Enum):
    """The states of items."""

    OPEN = strawberry.enum_value("open", description="It waits for a reviewer.")
    CLAIMED = strawberry.enum_value("claimed", description="A reviewer took it on; the claim lapses after a day.")
    DECIDED = strawberry.enum_value("decided", description="It is decided, until somebody undoes that.")
    SNOOZED = strawberry.enum_value("snoozed", description="It was put off, and will be open again.")


@strawberry.enum(description="What a reviewer did about an item.")
class ReviewActKind(Enum):
    """The kinds of acts."""

    CLAIM = strawberry.enum_value("claim", description="Took it on.")
    DECIDE = strawberry.enum_value("decide", description="Said what it is.")
    SNOOZE = strawberry.enum_value("snooze", description="Put it off.")
    NOTE = strawberry.enum_value("note", description="Left a note.")
    UNDO = strawberry.enum_value("undo", description="Took the last act back that was no note.")


@strawberry.enum(description="How what two profiles have of one attribute relates.")
class Relation(Enum):
    """The relations of attributes."""

    EQUAL = strawberry.enum_value("equal", description="They have a value in common.")
    SIMILAR = strawberry.enum_value("similar", description="Two of their values resemble each other.")
    DIFFER = strawberry.enum_value("differ", description="Their values differ.")
    LEFT_ONLY = strawberry.enum_value("left_only", description="Only the first profile has it.")
    RIGHT_ONLY = strawberry.enum_value("right_only", description="Only the second profile has it.")


@strawberry.type(description="A measured fact that a finding rests on.")
class ReviewEvidence:
    """A figure, and what it was measured on."""

    what: str = strawberry.field(description="What was measured.")
    figure: float = strawberry.field(description="How much or how many.")
    identifiers: list[str] = strawberry.field(description="The keys of the identifiers that it was measured on.")


@strawberry.type(description="Something that a reviewer did about an item. It is kept, and never changed.")
class ReviewAct:
    """One act."""

    kind: ReviewActKind = strawberry.field(description="What was done.")
    at: DateTime = strawberry.field(description="When.")
    by: str = strawberry.field(description="By whom.")
    text: str = strawberry.field(description="The reason of a verdict, or the note; else empty.")
    verdict: Verdict | None = strawberry.field(description="What was said of the item; null but for `DECIDE`.")
    until: DateTime | None = strawberry.field(description="When the claim lapses, or the item wakes; else null.")
    settles: bool = strawberry.field(description="Whether it decided the item: no other reviewer had to agree.")
    undone: bool = strawberry.field(description="Whether it was taken back.")
    decision: strawberry.ID | None = strawberry.field(description="The decision that it recorded; else null.")

    @classmethod
    def all_of(cls, acts: list[domain_review.Act], masking: Masking) -> "list[ReviewAct]":
        """The acts on one item as the reader may see them."""
        undone = {act.undoes for act in acts}
        return [
            cls(
                kind=ReviewActKind(act.kind),
                at=DateTime(act.at),
                by=act.by,
                text=masking.text(act.text),
                verdict=None if act.ruling is None else Verdict(act.ruling),
                until=None if act.until is None else DateTime(act.until),
                settles=act.settles,
                undone=act.id in undone,
                decision=None if act.decision is None else strawberry.ID(act.decision),
            )
            for act in acts
        ]


@strawberry.type(description="What two profiles have of one attribute, side by side.")
class ReviewComparison:
    """One line of the comparison."""

    attribute: str = strawberry.field(description="A namespace, or the name of a trait.")
    is_trait: bool = strawberry.field(description="Whether it is a trait; else it is a namespace.")
    left: list[JSON] = strawberry.field(description="What the first profile has of it.")
    right: list[JSON] = strawberry.field(description="What the second profile has of it.")
    relation: Relation = strawberry.field(description="How they relate, by the two values that are most alike.")

    @classmethod
    def of(cls, compared: review.Compared, masking: Masking) -> "ReviewComparison":
        """A line as the reader may see it: compared first, then masked."""
        name, is_trait = compared.attribute, compared.is_trait

        def shown(value: object) -> JSON:
            return JSON(masking.trait(name, value) if is_trait else masking.value(name, str(value)))

        return cls(
            attribute=name,
            is_trait=is_trait,
            left=[shown(value) for value in compared.left],
            right=[shown(value) for value in compared.right],
            relation=Relation(compared.relation),
        )


@strawberry.type(description="What one attribute adds to the weight of two records.")
class ReviewBar:
    """One bar of a waterfall."""

    attribute: str = strawberry.field(description="What was compared.")
    relation: str = strawberry.field(description="How the two values relate, in words.")
    left: JSON | None = strawberry.field(description="What the first record has; null where it has nothing.")
    right: JSON | None = strawberry.field(description="What the second record has; null where it has nothing.")
    weight: float = strawberry.field(description="What this adds, in bits: above 0 it speaks for one person.")

    @classmethod
    def of(cls, bar: Bar, policy: Policy, masking: Masking) -> "ReviewBar":
        """A bar as the reader may see it."""
        column = bar.column

        def shown(value: str | None) -> JSON | None:
            if value is None or column is None:
                return None
            return JSON(masking.value(column, value) if column in policy.by_name else masking.trait(column, value))

        return cls(
            attribute=bar.attribute, relation=bar.relation, left=shown(bar.a), right=shown(bar.b), weight=bar.weight
        )


@strawberry.type(
    description="Why two records have their score: `prior` and the weights of the bars add up to `weight`."
)
class ReviewWaterfall:
    """A waterfall of weights."""

    prior: float = strawberry.field(description="The bits before anything was compared.")
    bars: list[ReviewBar] = strawberry.field(description="What each attribute adds.")
    weight: float = strawberry.field(description="The weight of the pair, in bits.")
    score: float = strawberry.field(description="The same as a probability, 0 to 1.")

    @classmethod
    def of(cls, why: Why, policy: Policy, masking: Masking) -> "ReviewWaterfall":
        """A waterfall as the reader may see it."""
        bars = [ReviewBar.of(bar, policy, masking) for bar in why.bars]
        return cls(prior=why.prior, bars=bars, weight=why.weight, score=why.score)


@strawberry.type(description="A profile as it is, or as it would be.")
class PreviewProfile:
    """One profile of a preview."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    size: int = strawberry.field(description="How many identifiers it holds.")
    identifiers: list[str] = strawberry.field(description=f"The keys of its identifiers, at most {SIDE_MAX} of them.")
    traits: list[Trait] = strawberry.field(description="Its traits, in order of their names.")

    @classmethod
    def of(cls, supposed: Supposed, context: Context) -> "PreviewProfile":
        """A profile as the reader may see it."""
        masking, profile_id = context.masking, context.services.store.ids.of(supposed.anchor)
        context.shown.add(profile_id)
        return cls(
            id=strawberry.ID(profile_id),
            size=len(supposed.keys),
            identifiers=[masking.identifier(key) for key in supposed.keys[:SIDE_MAX]],
            traits=[Trait.of(trait, masking) for trait in supposed.traits.values()],
        )


@strawberry.type(description="What deciding would do to profiles. Nothing of it is written.")
class ReviewPreview:
    """The profiles concerned, before and after."""

    before: list[PreviewProfile] = strawberry.field(description="The profiles concerned, as they are.")
    after: list[PreviewProfile] = strawberry.field(description="The same identifiers' profiles, as they would be.")
    together: bool = strawberry.field(description="Whether the two identifiers would be in one profile.")
    changes: bool = strawberry.field(description="Whether anything would change.")

    @classmethod
    def of(cls, preview: Preview, context: Context) -> "ReviewPreview":
        """A preview as the reader may see it."""
        return cls(
            before=[PreviewProfile.of(one, context) for one in preview.before],
            after=[PreviewProfile.of(one, context) for one in preview.after],
            together=preview.together,
            changes=preview.before != preview.after,
        )


@strawberry.type(description="Something that may need a judgement, and what reviewers did about it.")
class ReviewItem(Node):
    """An item of the queue."""

    id: strawberry.ID = strawberry.field(description="Its id, `rev_…`: the same whenever the same is found again.")
    kind: FindingKind = strawberry.field(description="What there may be.")
    rule: str = strawberry.field(description="The signal that found it: `pulled`, `near_limit`, `matched` …")
    score: float = strawberry.field(description="How likely it is, 0 to 1.")
    gain: float = strawberry.field(description="How much a judgement is expected to put right; the queue's order.")
    reasons: list[str] = strawberry.field(description="Why it was found, in plain words.")
    evidence: list[ReviewEvidence] = strawberry.field(description="What it rests on.")
    identifiers: list[str] = strawberry.field(description="The keys of the identifiers that it is about.")
    found: bool = strawberry.field(description="Whether it was found when last looked for.")
    state: ReviewState = strawberry.field(description="How it stands now.")
    until: DateTime | None = strawberry.field(description="When a claim lapses, or it wakes; null in other states.")
    assignee: str | None = strawberry.field(description="Who claimed or decided it; null where nobody has.")
    verdict: Verdict | None = strawberry.field(description="What it was decided; null where it is not.")
    item: strawberry.Private[Item]
    sides: strawberry.Private[dict[str, Profile]]

    @strawberry.field(description="All that reviewers did about it, in order, what was undone too.")
    async def history(self, info: Info) -> list[ReviewAct]:
        """Loaded together for all items of a level."""
        return ReviewAct.all_of(await info.context.loaders.acts.load(self.item.id), info.context.masking)

    @strawberry.field(description="The notes that reviewers left, in order.")
    async def notes(self, info: Info) -> list[ReviewAct]:
        """Loaded together for all items of a level."""
        acts = await info.context.loaders.acts.load(self.item.id)
        return ReviewAct.all_of([act for act in acts if act.kind == "note"], info.context.masking)

    @strawberry.field(
        description="The profiles of its identifiers, each once; of a duplicate they are the two sides, or one where "
        "both are together. Needs the scope `read`."
    )
    def profiles(self, info: Info) -> list[Profile]:
        """Loaded with the items, in one statement."""
        info.context.require("read")
        return list({profile.id: profile for profile in self._sides}.values())

    @strawberry.field(
        description="Its first two profiles side by side, attribute by attribute: identifiers, then traits; empty "
        "where there are not two. Needs the scope `read`."
    )
    def comparison(self, info: Info) -> list[ReviewComparison]:
        """Of what the profiles show; decides nothing."""
        info.context.require("read")
        sides = list({profile.id: profile.view for profile in self._sides}.values())[:2]
        if len(sides) < 2:
            return []
        left, right = (
            ([seen.key for seen in view.identifiers], {name: trait.value for name, trait in view.traits.items()})
            for view in sides
        )
        return [ReviewComparison.of(one, info.context.masking) for one in review.compare(left, right)]

    @strawberry.field(
        description="Why the records of its two identifiers have their score, attribute by attribute; null where no "
        "model compares both. Needs the scope `read`."
    )
    async def waterfall(self, info: Info) -> ReviewWaterfall | None:
        """Loaded together for all items of a level."""
        context = info.context
        context.require("read")
        if self.item.finding.kind != "duplicate":
            return None
        why = await context.loaders.whys.load(pair_of(*self.item.finding.keys))
        return None if why is None else ReviewWaterfall.of(why, context.services.rules.policy, context.masking)

    @strawberry.field(
        description="What deciding it so would do to profiles, nothing written; `WITHDRAWN` tells what undoing would "
        "do. Needs the scope `read`."
    )
    async def preview(
        self, info: Info, verdict: Annotated[Verdict, strawberry.argument(description="What would be said of it.")]
    ) -> ReviewPreview:
        """Loaded together for all items of a level; reads the clusters concerned."""
        info.context.require("read")
        ruling = cast("Ruling", verdict.value)
        return ReviewPreview.of(await info.context.loaders.previews.load((self.item, ruling)), info.context)

    @property
    def _sides(self) -> list[Profile]:
        return [self.sides[key] for key in self.item.finding.keys if key in self.sides]

    @classmethod
    def of(cls, item: Item, context: Context, sides: dict[str, Profile] | None = None) -> "ReviewItem":
        """An item as the reader may see it, as it stands now; `sides` are profiles by the identifiers in them."""
        masking, finding = context.masking, item.finding
        standing = item.standing.at(context.services.now())
        context.shown.update(map(context.services.store.ids.of, finding.keys))

        def named(keys: tuple[str, ...]) -> list[str]:
            return [masking.identifier(key) for key in keys]

        return cls(
            id=strawberry.ID(item.id),
            kind=FindingKind(finding.kind),
            rule=finding.rule,
            score=finding.score,
            gain=item.gain,
            reasons=[reason.worded(masking.identifier) for reason in finding.reasons],
            evidence=[
                ReviewEvidence(what=what, figure=figure, identifiers=named(keys))
                for what, figure, keys in finding.evidence
            ],
            identifiers=named(finding.keys),
            found=item.found,
            state=ReviewState(standing.state),
            until=None if standing.until is None else DateTime(standing.until),
            assignee=standing.assignee,
            verdict=None if standing.ruling is None else Verdict(standing.ruling),
            item=item,
            sides=sides or {},
        )


@strawberry.type(description="An item in a page of them.")
class ReviewEdge:
    """An item with its place."""

    node: ReviewItem = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Its place, for `after`.")


@strawberry.type(description="A page of the review queue: where a judgement is expected to gain most comes first.")
class ReviewConnection:
    """A page of items."""

    edges: list[ReviewEdge] = strawberry.field(description="The items, each with its cursor.")
    nodes: list[ReviewItem] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where this page ends, and whether more come.")
    filter: strawberry.Private[domain_review.ItemFilter]

    @strawberry.field(description="How many items the filter wants in all; counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        """One more statement."""
        now = info.context.services.now()
        return await info.context.read(lambda tx: tx.count_items(self.filter, now))

    @classmethod
    def of(
        cls, page: ItemPage, nodes: list[ReviewItem], after: str | None, wanted: domain_review.ItemFilter
    ) -> "ReviewConnection":
        """A page of items, in order."""
        return cls(
            edges=[ReviewEdge(node=node, cursor=cursor) for node, cursor in zip(nodes, page.cursors, strict=True)],
            nodes=nodes,
            page_info=PageInfo.of(page.cursors, after, has_next=page.has_next),
            filter=wanted,
        )
