"""From the name of an act to the operation that does it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from hub.desk import operations
from hub.desk.operations import Deed
from hub.desk.rules import Act

OPERATIONS: dict[Act, Callable[[Session, int, Deed], bool]] = {
    Act.SIGN_OUT: operations.sign_out,
    Act.REMOVE_SECOND_FACTOR: operations.remove_second_factor,
    Act.DISABLE: operations.disable,
    Act.ENABLE: operations.enable,
}


def do(session: Session, act: Act, person_id: int, deed: Deed) -> bool:
    """Does it; False where it was so already. Raises: LastAdministrator, NoResultFound."""
    if act.role is None:
        return OPERATIONS[act](session, person_id, deed)
    if act.gives:
        return operations.grant(session, person_id, act.role, deed)
    return operations.revoke(session, person_id, act.role, deed)
