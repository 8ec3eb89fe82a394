"""The stores: till receipts with the loyalty card that was shown and the e-mail address for the copy."""

from random import Random

from graph_cdp.demo.chance import some
from graph_cdp.demo.faults import Row, typed_email
from graph_cdp.demo.population import END, HOUR, Population
from graph_cdp.demo.truth import Named, Truth
from graph_cdp.demo.words import Words
from graph_cdp.domain.times import iso

COLUMNS = ("receipt_id", "sold_at", "shop", "till", "loyalty_id", "email", "product", "total", "currency")


def store_receipts(population: Population, words: Words, truth: Truth, rng: Random) -> list[Row]:
    """All receipts that show who bought, by time; times are UTC, to the second, without a zone."""
    receipts: list[Row] = []
    for person in population.persons:
        for _ in range(some(rng, 1.8)):
            at = rng.randrange(person.since, END - HOUR)
            email: Named = ("email", None, None)
            if rng.random() < (0.6 if person.loyalty_id else 0.35):
                email = typed_email(person, at, truth, rng)
            shown = person.loyalty_id if email[1] is None or rng.random() < 0.8 else None
            if shown is None and email[1] is None:
                continue
            truth.note(("loyalty_id", shown, person.name), email)
            receipts.append(
                {
                    "sold_at": iso(at)[:19].replace("T", " "),
                    "shop": rng.choice(words.shops),
                    "till": rng.randint(1, 6),
                    "loyalty_id": shown or "",
                    "email": email[1] or "",
                    "product": rng.choice(words.products),
                    "total": f"{rng.randint(500, 25_000) / 100:.2f}",
                    "currency": "EUR",
                }
            )
    receipts.sort(key=lambda receipt: receipt["sold_at"])
    return [{"receipt_id": f"R{number:07d}"} | receipt for number, receipt in enumerate(receipts, 1)]
