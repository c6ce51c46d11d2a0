#include "targets/cpu/families/family.h"

#include "base/character.h"
#include "base/fail.h"

static const FamilyInfo *const rows[FAMILY_COUNT] = {
#define ENTER(NAME, name) [FAMILY_##NAME] = &family_##name,
    KERNEL_FAMILIES(ENTER) CALL_FAMILIES(ENTER)
#undef ENTER
};

const FamilyInfo *family_info(Family family)
{
    if ((unsigned)family >= FAMILY_COUNT)
        fail_bug("there is no kernel family %d", (int)family);
    return rows[family];
}

Role family_output(const FamilyInfo *info)
{
    for (const FamilyParameter *p = info->parameters; p->type; p++) {
        if (p->makes)
            return p->role;
    }
    fail_bug("family %s makes nothing", info->name);
}

bool kernel_makes(const Kernel *kernel, Role role)
{
    for (const FamilyParameter *p = family_info(kernel->family)->parameters; p->type; p++) {
        if (p->role == role)
            return p->makes;
    }
    return false;
}

const Computed *family_computed(const FamilyInfo *info, const Op *op)
{
    for (const Computed *computed = info->computes; computed->op; computed++) {
        if (computed->op == op->info)
            return computed;
    }
    return NULL;
}

const char *family_parameters(Arena *arena, const FamilyInfo *info)
{
    Text text = text_new(arena);
    for (const FamilyParameter *p = info->parameters; p->type; p++)
        text_printf(&text, "%s%s%s", p == info->parameters ? "" : ", ", p->type, p->name);
    return text.bytes;
}

const char *family_arguments(Arena *arena, const FamilyInfo *info)
{
    Text text = text_new(arena);
    for (const FamilyParameter *p = info->parameters; p->type; p++)
        text_printf(&text, "%s%s", p == info->parameters ? "" : ", ", p->name);
    return text.bytes;
}

const char *parameter_name(const Kernel *kernel, const FamilyParameter *parameter)
{
    const Computed *computed = family_computed(family_info(kernel->family), kernel->op);
    for (int i = 0; computed && parameter->role && i < 2; i++) {
        if (computed->as[i].to == parameter->role && computed->as[i].from)
            return role_name(computed->as[i].from);
    }
    const Role role = parameter->role;
    if (role == ROLE_DY || role == ROLE_DX || role == ROLE_DW || role == ROLE_DB || role == ROLE_DSTATS)
        return role_name(role);
    return parameter->name;
}

const char *block_name(Arena *arena, const Buffer *buffer)
{
    return arena_printf(arena, "AT_%s", character_identifier(arena, buffer->name));
}
