#include "targets/target.h"

#include <string.h>

const Target *const targets[] = {&target_cpu, &target_plain, NULL};

const Target *target_find(const char *name)
{
    for (const Target *const *target = targets; *target; target++)
        if (!strcmp((*target)->name, name))
            return *target;
    return NULL;
}
