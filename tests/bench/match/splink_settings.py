"""Splink on the data of the bench, set up as its published demos are for these data, and likewise for the made-up ones.

Demos: accuracy_analysis_from_labels_column (fake_1000), febrl3, deduplicate_50k_synthetic, real_time_record_linkage, of
Splink 5. Clusters are taken at a probability of 0.95, as the demos do; a sweep finds the best with the truth known.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.splink_dataframe import SplinkDataFrame

THRESHOLD = 0.95
SWEEP = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999)


@dataclass(frozen=True)
class Setting:
    """How one data set is prepared (a DuckDB query over `records`), compared, blocked and trained."""

    prepare: str
    settings: SettingsCreator
    same: tuple[object, ...]  # rules that find pairs of one person with near certainty
    same_recall: float
    random_pairs: float
    train_on: tuple[object, ...]
    most_pairs: float | None = None  # to train on
    quick: bool = True  # learn without term frequencies


def fake_1000() -> Setting:
    return Setting(
        "select * from records",
        SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[
                block_on("first_name"),
                block_on("surname"),
                block_on("dob"),
                block_on("email"),
            ],
            comparisons=[
                cl.ForenameSurnameComparison("first_name", "surname"),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.ExactMatch("city").configure(term_frequency_adjustments=True),
                cl.EmailComparison("email"),
            ],
        ),
        (
            "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
            "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
            "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            "l.email = r.email",
        ),
        0.7,
        1e6,
        (block_on("dob"), block_on("email"), block_on("first_name", "surname")),
    )


def febrl3() -> Setting:
    return Setting(
        "select rec_id as unique_id, * exclude (rec_id) from records",
        SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[
                block_on("soc_sec_id"),
                block_on("given_name"),
                block_on("surname"),
                block_on("date_of_birth"),
                block_on("postcode"),
            ],
            comparisons=[
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            ],
        ),
        (
            block_on("soc_sec_id"),
            block_on("given_name", "surname", "date_of_birth"),
            "l.given_name = r.surname and l.surname = r.given_name and l.date_of_birth = r.date_of_birth",
        ),
        0.9,
        1e6,
        (block_on("date_of_birth"), block_on("postcode")),
        quick=False,
    )


def historical() -> Setting:
    return Setting(
        "select *, first_name || ' ' || surname as first_name_surname_concat from records",
        SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[
                block_on("substr(first_name,1,3)", "substr(surname,1,4)"),
                block_on("surname", "dob"),
                block_on("first_name", "dob"),
                block_on("postcode_fake", "first_name"),
                block_on("postcode_fake", "surname"),
                block_on("dob", "birth_place"),
                block_on("substr(postcode_fake,1,3)", "dob"),
                block_on("substr(postcode_fake,1,3)", "first_name"),
                block_on("substr(postcode_fake,1,3)", "surname"),
                block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
            ],
            comparisons=[
                cl.ForenameSurnameComparison(
                    "first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"
                ),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.PostcodeComparison("postcode_fake"),
                cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
                cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
            ],
        ),
        (
            block_on("first_name", "surname", "dob"),
            block_on("substr(first_name,1,2)", "surname", "substr(postcode_fake,1,2)"),
            block_on("dob", "postcode_fake"),
        ),
        0.6,
        1e7,
        (block_on("first_name", "surname"), block_on("dob")),
    )


def synthetic() -> Setting:
    """As the demo of 50,000 persons, with the columns that these records have; rules that make few needless pairs."""
    return Setting(
        "select record_id as unique_id, * exclude (record_id), given_name || ' ' || family_name as full_name "
        "from records",
        SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[
                block_on("email"),
                block_on("phone"),
                block_on("birth_date", "family_name"),
                block_on("birth_date", "given_name"),
                block_on("given_name", "family_name", "city"),
                block_on("postal_code", "given_name"),
                block_on("postal_code", "birth_date"),
                block_on("street", "house_number", "given_name"),
            ],
            comparisons=[
                cl.ForenameSurnameComparison("given_name", "family_name", forename_surname_concat_col_name="full_name"),
                cl.DateOfBirthComparison("birth_date", input_is_string=True),
                cl.EmailComparison("email"),
                cl.DamerauLevenshteinAtThresholds("phone", [1]),
                cl.JaroWinklerAtThresholds("street", [0.9]),
                cl.ExactMatch("house_number"),
                cl.DamerauLevenshteinAtThresholds("postal_code", [1]).configure(term_frequency_adjustments=True),
                cl.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True),
            ],
        ),
        (
            block_on("email", "given_name"),
            block_on("given_name", "family_name", "birth_date"),
            block_on("phone", "given_name", "birth_date"),
        ),
        0.7,
        1e7,
        (block_on("given_name", "family_name"), block_on("birth_date")),
        most_pairs=1e6,
    )


SETTINGS: dict[str, Callable[[], Setting]] = {
    "fake_1000": fake_1000,
    "febrl3": febrl3,
    "historical_50k": historical,
    "synthetic": synthetic,
}


def trained(records: pa.Table, setting: Setting) -> Linker:
    """A linker whose model was learned from the records as the demos do it."""
    connection = duckdb.connect()
    connection.register("records", records)
    return _trained(connection, setting.prepare, setting)[0]


def _trained(connection: duckdb.DuckDBPyConnection, prepared: str, setting: Setting) -> tuple[Linker, DuckDBAPI]:
    api = DuckDBAPI(connection=connection)
    linker = Linker(api.register(connection.sql(prepared) if " " in prepared else prepared), setting.settings)
    training = linker.training
    training.estimate_probability_two_random_records_match(list(setting.same), recall=setting.same_recall)
    training.estimate_u_using_random_sampling(max_pairs=setting.random_pairs, seed=1)
    for rule in setting.train_on:
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=setting.quick, max_pairs=setting.most_pairs
        )
    return linker, api


def clusters_at(linker: Linker, predicted: SplinkDataFrame, threshold: float) -> pa.Table:
    """The cluster of every record, by connected components at a probability: `unique_id` and `cluster_id`."""
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=threshold
    )
    return found.as_duckdbpyrelation().project("unique_id, cluster_id").to_arrow_table()


def trained_to_look_up(known: pa.Table, setting: Setting) -> Callable[[pa.Table], int]:
    """What finds the matches of one new record among those known; gives how many there are."""
    connection = duckdb.connect()
    connection.register("records", known)
    connection.execute(f"create table known as {setting.prepare}")
    linker, api = _trained(connection, "known", setting)
    for column in ("first_name_surname_concat", "birth_place", "occupation"):
        linker.table_management.compute_tf_table(column)
    others = api.register("known")

    def look_up(new: pa.Table) -> int:
        connection.register("records", new)
        record = api.register(connection.sql(setting.prepare).to_arrow_table())
        found = linker.inference.predict_between(others, record, threshold_match_probability=0.5)
        return len(found.as_record_list())

    return look_up
