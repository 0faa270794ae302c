"""Groups, namespaces, projects, members, users and tokens."""

import datetime

import gitlab

from tests.strangers.python_gitlab.ground import Ground


def groups(ground: Ground) -> None:
    top = ground.group("top")
    below = ground.client.groups.create({"name": "Below", "path": "below", "parent_id": top.id})
    ground.client.projects.create({"name": "one", "namespace_id": below.id})
    below.description = "Changed"
    below.save()

    assert ground.client.groups.get(f"{top.path}/below").description == "Changed"
    assert [one.id for one in top.subgroups.list()] == [below.id]
    assert [one.id for one in top.descendant_groups.list()] == [below.id]
    assert [one.path for one in below.projects.list()] == ["one"]
    assert top.id in {one.id for one in ground.client.groups.list(iterator=True)}
    emptied = ground.group("emptied")
    emptied.delete()


def namespaces(ground: Ground) -> None:
    group = ground.group("space")

    assert ground.client.namespaces.get(group.id).kind == "group"
    assert [one.full_path for one in ground.client.namespaces.list(search=group.path)] == [group.full_path]


def projects(ground: Ground) -> None:
    project = ground.project()
    project.description, project.merge_method = "Changed", "ff"
    project.save()
    found = ground.client.projects.get(project.path_with_namespace)

    assert (found.id, found.description, found.merge_method) == (project.id, "Changed", "ff")
    assert project.id in {one.id for one in ground.client.projects.list(iterator=True, simple=True)}
    project.archive()
    assert ground.client.projects.get(project.id).archived
    project.unarchive()
    project.delete()


def members(ground: Ground) -> None:
    project = ground.project()
    person = gitlab.Gitlab(ground.client.url, private_token=f"person-{ground.number}")
    person.auth()
    number = person.user.id if person.user else 0
    for place in (project, ground.client.groups.get(project.namespace["id"])):
        member = place.members.create({"user_id": number, "access_level": gitlab.const.AccessLevel.REPORTER})
        member.access_level = gitlab.const.AccessLevel.DEVELOPER
        member.save()
        assert place.members.get(number).access_level == 30
        assert number in {one.id for one in place.members.list(iterator=True)}
        assert number in {one.id for one in place.members_all.list(iterator=True)}
        assert place.members_all.get(number).id == number
        place.members.delete(number)
    person.session.close()


def users(ground: Ground) -> None:
    ground.client.auth()
    me = ground.client.user

    assert me is not None
    assert ground.client.users.get(me.id).username == me.username
    assert [one.id for one in ground.client.users.list(username=me.username)] == [me.id]
    assert ground.client.version()[0] != "unknown"


def personal_access_tokens(ground: Ground) -> None:
    """Those of a person who then takes another one, and gives it up."""
    secret = f"mine-{ground.number}"
    ground.stand_in.admin("POST", "token", {"token": secret, "expires_at": "2030-01-31"})
    with gitlab.Gitlab(ground.client.url, private_token=secret) as person:
        mine = person.personal_access_tokens.get("self")
        assert (mine.expires_at, mine.active) == ("2030-01-31", True)
        assert person.personal_access_tokens.get(mine.id).id == mine.id
        assert [one.id for one in person.personal_access_tokens.list()] == [mine.id]
        second = mine.rotate()["token"]
    with gitlab.Gitlab(ground.client.url, private_token=second) as person:
        third = person.personal_access_tokens.get("self", lazy=True).rotate(self_rotate=True)["token"]
    with gitlab.Gitlab(ground.client.url, private_token=third) as person:
        person.personal_access_tokens.get(person.personal_access_tokens.get("self").id).delete()


def personal_access_token_of_its_own_end(ground: Ground) -> None:
    with gitlab.Gitlab(ground.client.url, private_token=f"leaving-{ground.number}") as person:
        person.personal_access_tokens.delete("self")


def project_access_tokens(ground: Ground) -> None:
    project = ground.project()
    wanted = {"name": "bot", "scopes": ["api"], "access_level": 40, "expires_at": _in_days(30)}
    made = project.access_tokens.create(wanted)
    secret = project.access_tokens.get(made.id).rotate()["token"]
    with gitlab.Gitlab(ground.client.url, private_token=secret) as bot:
        bots = bot.projects.get(project.id, lazy=True).access_tokens
        bots.get("self", lazy=True).rotate(self_rotate=True)
    (left,) = [one for one in project.access_tokens.list(get_all=True) if not one.revoked]
    left.delete()

    assert [one for one in project.access_tokens.list(get_all=True) if one.active] == []


def _in_days(days: int) -> str:
    return (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=days)).isoformat()


WALKS = (
    groups,
    namespaces,
    projects,
    members,
    users,
    personal_access_tokens,
    personal_access_token_of_its_own_end,
    project_access_tokens,
)
