/* What makes other layouts of weights is shared out to the threads. */
#ifndef NETC_TARGETS_CPU_FAMILIES_PARTS_H
#define NETC_TARGETS_CPU_FAMILIES_PARTS_H

#include "targets/cpu/families/family.h"

/* The parameters part and parts: outside of the function pack, all is one part. */
const char *pack_part(const Call *call);
const char *pack_parts(const Call *call);

#define PACK_PARTS {.type = "int ", .name = "part", .argument_of = pack_part}, \
                   {.type = "int ", .name = "parts", .argument_of = pack_parts}

#endif
