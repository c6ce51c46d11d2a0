#include "graph/role.h"

const char *role_name(Role role)
{
    static const char *const names[] = {
#define ENTER_ROLE(ROLE, name) name,
        ROLES(ENTER_ROLE)
#undef ENTER_ROLE
    };
    return names[role];
}
