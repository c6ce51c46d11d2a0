#include "targets/cpu/families/parts.h"

const char *derive_part(const Call *call)
{
    return call->kernel->stage == STAGE_DERIVE ? "part" : "0";
}

const char *derive_parts(const Call *call)
{
    return call->kernel->stage == STAGE_DERIVE ? "parts" : "1";
}
