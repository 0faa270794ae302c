"""Alerts, dashboard and log speak of the same things: what is counted is written, and what is looked at is counted."""

import json
import re

import pytest

from shared.domain.signals import ALERTS, CHARTS
from tests.terraform import Resource, needs_terraform, planned

pytestmark = needs_terraform

FUNCTIONS = 'resource.type="cloud_run_revision" AND resource.labels.service_name=~"^aic-"'
GOOGLES = {
    "pubsub.googleapis.com/subscription/num_undelivered_messages",
    "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
    "pubsub.googleapis.com/subscription/push_request_count",
    "run.googleapis.com/request_count",
    "logging.googleapis.com/log_entry_count",
}
"""Metrics that Google's lists have (https://cloud.google.com/monitoring/api/metrics_gcp): a misspelt one is silent."""
SIGNALS = {**ALERTS, **CHARTS}
COUNTED = re.compile(r"logging\.googleapis\.com/user/(\w+)|logging_googleapis_com:user_(\w+)")
LABEL = re.compile(r"metric\.labels?\.(\w+)")


def metrics() -> dict[str, Resource]:
    """What is counted from the log."""
    return {name.removeprefix("aic_"): each for name, each in planned().by("google_logging_metric", "name").items()}


def conditions() -> list[str]:
    """What each alert looks at, as one text, with the labels that it tells apart."""
    return [json.dumps(each.at("conditions", 0)) for each in planned().of("google_monitoring_alert_policy")]


def charts() -> list[str]:
    """The same of each chart of the dashboard."""
    (dashboard,) = planned().of("google_monitoring_dashboard")
    tiles = json.loads(str(dashboard.at("dashboard_json")))["mosaicLayout"]["tiles"]
    return [json.dumps(each["widget"]["xyChart"]) for each in tiles]


def counted(texts: list[str]) -> set[str]:
    return {(one or other).removeprefix("aic_") for text in texts for one, other in COUNTED.findall(text)}


def test_what_the_code_names_is_counted_and_nothing_else() -> None:
    """A signal that nobody counts, or a count that nothing is written for, would stay silent."""
    assert set(metrics()) == set(SIGNALS)


@pytest.mark.parametrize("name", list(SIGNALS))
def test_a_signal_is_counted_by_the_filter_that_the_code_names(name: str) -> None:
    """Of our functions alone, told apart by the same fields."""
    signal, metric = SIGNALS[name], metrics()[name]

    assert metric.at("filter") == f"{FUNCTIONS} AND ({signal.filter()})"
    assert metric.at("label_extractors") == {each: f"EXTRACT(jsonPayload.{each})" for each in signal.labels}
    assert metric.at("value_extractor") == (f"EXTRACT(jsonPayload.{signal.value})" if signal.value else None)
    assert metric.at("metric_descriptor", 0, "value_type") == ("DISTRIBUTION" if signal.value else "INT64")
    named = metric.at("metric_descriptor", 0, "labels")
    assert isinstance(named, list)
    assert {each["key"] for each in named} == set(signal.labels)


def test_alerts_look_at_the_signals_of_alerts_and_at_all_of_them() -> None:
    """One that no alert looks at rings never, one that isn't counted neither."""
    assert counted(conditions()) == set(ALERTS)


def test_the_dashboard_looks_at_the_signals_of_charts_and_at_all_of_them() -> None:
    """A chart of something that isn't counted stays empty."""
    assert counted(charts()) == set(CHARTS)


def test_what_google_measures_is_named_as_google_names_it() -> None:
    """In alerts and charts."""
    texts = (*conditions(), *charts())
    named = {found for text in texts for found in re.findall(r'metric\.type=\\"([^"\\]+)\\"', text)}

    assert {each for each in named if not each.startswith("logging.googleapis.com/user/")} == GOOGLES


def test_what_is_told_apart_by_a_label_has_that_label() -> None:
    """Otherwise all of it would be one."""
    for text in (*conditions(), *charts()):
        found = counted([text])
        labels = {label for name in found for label in SIGNALS[name].labels}
        if found:
            assert set(LABEL.findall(text)) <= labels


def test_an_alert_tells_apart_all_that_its_signal_does() -> None:
    """Otherwise the failure of one workspace is hidden by the alert that another one has rung before."""
    for text in conditions():
        for name in counted([text]):
            told = {*LABEL.findall(text), *re.findall(r"\w+", "".join(re.findall(r"sum by \(([^)]*)\)", text)))}

            assert set(SIGNALS[name].labels) <= told
