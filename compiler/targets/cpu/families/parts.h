/* What makes other layouts of weights is shared out to the threads. */
#ifndef NETC_TARGETS_CPU_FAMILIES_PARTS_H
#define NETC_TARGETS_CPU_FAMILIES_PARTS_H

#include "targets/cpu/families/family.h"

/* The parameters part and parts: all of it is one part outside of derive. */
const char *derive_part(const Call *call);
const char *derive_parts(const Call *call);

#define DERIVE_PARTS {.type = "int ", .name = "part", .argument_of = derive_part}, \
                     {.type = "int ", .name = "parts", .argument_of = derive_parts}

#endif
