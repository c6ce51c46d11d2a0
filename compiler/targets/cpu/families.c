/* The kernel families' names and dimensions, from families.def. */
#include "base/fail.h"
#include "targets/cpu/plan.h"

#define DIM_NAME(NAME, name) #name,
#define DIM_NAMES(NAME) static const char *const NAME##_names[] = {NAME##_DIMS(DIM_NAME, NAME) NULL};
#define FAMILY(NAME, name, parameters, operands, makes) DIM_NAMES(NAME)
#include "targets/cpu/families.def"
#undef FAMILY
#undef DIM_NAME

static const FamilyInfo infos[FAMILY_COUNT] = {
#define LIST(...) {__VA_ARGS__}
#define FAMILY(NAME, family, text, operands, makes) [FAMILY_##NAME] = {.name = #family,  \
    .parameters = text, .dims = NAME##_names, .roles = LIST operands, .output = makes, \
    .dim_count = NAME##_DIM_COUNT, .tiled = FAMILY_##NAME <= FAMILY_DEPTHWISE_GRAD_WEIGHT},
#include "targets/cpu/families.def"
#undef FAMILY
};

_Static_assert(FAMILY_CONV == 0 && FAMILY_CONV_POOL == 1 && FAMILY_CONV_GRAD_WEIGHT == 2 &&
               FAMILY_POOL_CONV_GRAD_WEIGHT == 3 && FAMILY_POOL_CONV_GRAD_INPUT == 4 &&
               FAMILY_DEPTHWISE == 5 && FAMILY_DEPTHWISE_GRAD_WEIGHT == 6, "the tiled families come first");

const FamilyInfo *family_info(Family family)
{
    if ((unsigned)family >= FAMILY_COUNT)
        fail_bug("there is no kernel family %d", (int)family);
    return &infos[family];
}
