#include "targets/target.h"

#include <string.h>

const Target *const targets[] = {&target_cpu, &target_plain, &target_gpu, NULL};

const Target *target_find(const char *name)
{
    for (const Target *const *target = targets; *target; target++)
        if (!strcmp((*target)->name, name))
            return *target;
    return NULL;
}
