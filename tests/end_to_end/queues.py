"""Topic and push subscription of deploys, made by Google's client library in whichever queue there is."""

from google.cloud.pubsub_v1 import PublisherClient, SubscriberClient

from emulators.stack.functions import GOOGLE_PROJECT
from emulators.stack.stack import Stack
from emulators.stack.waiting import until


def topic(publisher: PublisherClient) -> str:
    """The topic of deploys, made where the queue doesn't have it from the start."""
    name: str = publisher.topic_path(GOOGLE_PROJECT, "aic-deploy")
    there = [each.name for each in publisher.list_topics(project=f"projects/{GOOGLE_PROJECT}")]
    if name not in there:
        publisher.create_topic(name=name)
    return name


def push(subscriber: SubscriberClient, topic: str, url: str) -> None:
    """As it is in the cloud, but for the dead letters: with ordering they break Google's emulator."""
    wanted = {
        "name": subscriber.subscription_path(GOOGLE_PROJECT, "deploy-push"),
        "topic": topic,
        "push_config": {"push_endpoint": f"{url}/{topic}"},
        "ack_deadline_seconds": 600,
        "enable_message_ordering": True,
    }
    subscriber.create_subscription(request=wanted)


def await_delivery(stack: Stack, message: str) -> None:
    """Returns when the function deploy has worked on the message."""
    until(
        lambda: any(each.get("message_id") == message for each in stack.records("deploy")),
        what=f"the deploy of message {message}",
    )
