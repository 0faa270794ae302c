"""The pages of the AIC stand-in for people: what is in it, and a form that plays the colleague who edits in AIC."""

from pathlib import Path
from urllib.parse import parse_qs, quote

from emulators.aic import view
from emulators.aic.drive import Drive
from emulators.aic.editing import one_line_end, with_code
from emulators.aic.workspace import Config, Workspace
from emulators.aic.world import Project, World
from emulators.pages.site import STYLE, Site
from emulators.routing import Answer, Call, Rejected, Router

WORKSPACE = "/projects/:project/workspaces/:workspace"
JOB = f"{WORKSPACE}/jobs/:job"
DRIVE = f"{WORKSPACE}/drives/:drive"


def href(*names: str) -> str:
    """The address of the page below these names."""
    return "".join("/" + quote(name, safe="") for name in names)


class Pages:
    """Answers everything outside API and control plane."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._site = Site(Path(__file__).parent / "templates", name="AIC stand-in")
        self._router = Router()
        self._router.add("GET", STYLE, lambda _call: self._site.style())
        self._router.add("GET", "/", self._start)
        self._router.add("GET", WORKSPACE, self._workspace)
        self._router.add("GET", JOB, self._job)
        self._router.add("GET", f"{JOB}/edit", self._form)
        self._router.add("POST", f"{JOB}/edit", self._save)
        self._router.add("GET", DRIVE, self._drive)
        self._router.add("GET", f"{DRIVE}/files/:file", self._file)

    def answer(self, call: Call) -> Answer:
        placed = self._router.placed(call)
        if placed.found is None or placed.found.handler is None:
            return self._site.missing("There is no such page.")
        with self._world.lock:
            return self._router.answer(placed)

    def _start(self, _call: Call) -> Answer:
        return self._site.page("start.html", projects=list(self._world.projects.values()), href=href)

    def _workspace(self, call: Call) -> Answer:
        project, workspace = self._place(call)
        jobs = [(id_, view.title(config)) for id_, config in workspace.jobs.items()]
        return self._site.page("workspace.html", project=project, workspace=workspace, jobs=jobs, href=href)

    def _job(self, call: Call) -> Answer:
        project, workspace, config = self._found_job(call)
        saved = call.query.get("saved", [""])[-1]
        return self._site.page(
            "job.html",
            project=project,
            workspace=workspace,
            pipeline=view.pipeline(config),
            branches=workspace.branches.get(call.names["job"], []),
            saved=int(saved) if saved.isdecimal() and len(saved) < 20 else None,
            href=href,
        )

    def _form(self, call: Call) -> Answer:
        return self._edit_page(call, texts={}, status=200)

    def _save(self, call: Call) -> Answer:
        """A version that is not the one that the person looked at is not overwritten: the form comes back as sent."""
        _project, workspace, config = self._found_job(call)
        sent = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        texts = {int(name[5:]): value[-1] for name, value in sent.items() if _is_code(name)}
        if sent.get("digest", [""])[-1] != view.pipeline(config).digest:
            return self._edit_page(call, texts=texts, status=409)
        changed, count = with_code(config, texts)
        workspace.store(changed)
        place = href("projects", call.names["project"], "workspaces", workspace.id, "jobs", call.names["job"])
        return Answer(303, None, {"Location": f"{place}?saved={count}"})

    def _edit_page(self, call: Call, *, texts: dict[int, str], status: int) -> Answer:
        project, workspace, config = self._found_job(call)
        pipeline = view.pipeline(config)
        shown = {task.number: task.code.text for task in pipeline.with_code if task.code}
        texts = shown | {number: one_line_end(text) for number, text in texts.items() if number in shown}
        return self._site.page(
            "edit.html",
            status=status,
            project=project,
            workspace=workspace,
            pipeline=pipeline,
            texts=texts,
            overtaken=status == 409,
            href=href,
        )

    def _drive(self, call: Call) -> Answer:
        project, workspace, drive = self._found_drive(call)
        return self._site.page("drive.html", project=project, workspace=workspace, drive=drive, href=href)

    def _file(self, call: Call) -> Answer:
        project, workspace, drive = self._found_drive(call)
        file = drive.files.get(call.names["file"])
        if file is None:
            raise self._missing("The drive has no such file.")
        try:
            text = file.data.decode()
        except UnicodeDecodeError:
            text = None
        return self._site.page(
            "file.html", project=project, workspace=workspace, drive=drive, file=file, text=text, href=href
        )

    def _place(self, call: Call) -> tuple[Project, Workspace]:
        project = self._world.projects.get(call.names["project"])
        workspace = project.workspaces.get(call.names["workspace"]) if project else None
        if project is None or workspace is None:
            raise self._missing("There is no such workspace.")
        return project, workspace

    def _found_job(self, call: Call) -> tuple[Project, Workspace, Config]:
        project, workspace = self._place(call)
        config = workspace.jobs.get(call.names["job"])
        if config is None:
            raise self._missing("The workspace has no such pipeline.")
        return project, workspace, config

    def _found_drive(self, call: Call) -> tuple[Project, Workspace, Drive]:
        project, workspace = self._place(call)
        drive = workspace.drives.get(call.names["drive"])
        if drive is None:
            raise self._missing("The workspace has no such drive.")
        return project, workspace, drive

    def _missing(self, what: str) -> Rejected:
        return Rejected(self._site.missing(what))


def _is_code(name: str) -> bool:
    return name.startswith("code-") and name[5:].isdecimal() and len(name) < 20
