/* What all transforms share. */
#include "transform.h"

#include <stdlib.h>

void nc_choice_free(struct nc_choice *choice)
{
    free(choice->random);
    *choice = (struct nc_choice){0};
}

void nc_transform_free(struct nc_transform *transform)
{
    if (transform == NULL)
        return;
    if (transform->release != NULL)
        transform->release(transform->own);
    free(transform->own);
    free(transform);
}
