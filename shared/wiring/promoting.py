"""Which flow carries out which of the promotions."""

from ..domain import route
from ..domain.messages.command import Promotion
from ..domain.messages.promotion import CreateFeatureBranch, CreateMergeRequest, CreateReleaseBranch, Promote
from ..domain.promotion_report import Promoted
from ..flows.answering import Asker
from ..flows.branching import create_branch
from ..flows.outside import Outside
from ..flows.promote import promote
from ..flows.proposing import create_merge_request


def run(parameters: Promotion, asker: Asker, outside: Outside) -> Promoted:
    """Raises what the flow raises."""
    match parameters:
        case CreateFeatureBranch():
            return create_branch(parameters, "create_feature_branch", route.FEATURE, asker=asker, outside=outside)
        case CreateReleaseBranch():
            return create_branch(parameters, "create_release_branch", route.RELEASE, asker=asker, outside=outside)
        case CreateMergeRequest():
            return create_merge_request(parameters, asker=asker, outside=outside)
        case Promote():
            return promote(parameters, asker=asker, outside=outside)
