#include "system/launcher.h"

#include <stdlib.h>

/* The number of the first variable that is there; or another one. */
static int first_of(const char *const *names, int otherwise)
{
    for (; *names != NULL; names++)
        if (getenv(*names) != NULL)
            return atoi(getenv(*names));
    return otherwise;
}

int nc_launched_rank(void)
{
    static const char *const names[] = {"PMI_RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", NULL};
    return first_of(names, 0);
}

int nc_launched_count(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS", NULL};
    return first_of(names, 1);
}
