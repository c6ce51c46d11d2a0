#include "targets/cpu/families/parts.h"

const char *pack_part(const Call *call)
{
    return call->kernel->stage == STAGE_PACK ? "part" : "0";
}

const char *pack_parts(const Call *call)
{
    return call->kernel->stage == STAGE_PACK ? "parts" : "1";
}
