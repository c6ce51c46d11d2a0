/* A kernel function around the body that its family's emitter prints. */
#include "targets/cpu/emit/kernels.h"

#include <string.h>

#include "base/fail.h"
#include "targets/cpu/families/kernel_text.h"

void emit_signature(Text *out, const char *name, const char *parameters, const char *more)
{
    emit_head(out, "static void ", name, parameters, more);
}

void emit_head(Text *out, const char *type, const char *name, const char *parameters, const char *more)
{
    enum { WIDTH = 120 };
    const char *list = more ? arena_printf(out->arena, "%s, %s", parameters, more) : parameters;
    size_t at = strlen(type) + strlen(name) + 1;
    text_printf(out, "%s%s(", type, name);
    while (*list) {
        size_t length = strcspn(list, ",") + 1; /* with the comma, or the parenthesis behind the last one */
        bool wraps = at + length > WIDTH;
        if (wraps) {
            list += strspn(list, " ");
            length = strcspn(list, ",") + 1;
            text_add(out, "\n        ");
            at = 8;
        }
        text_add_bytes(out, list, list[length - 1] ? length : length - 1);
        at += length;
        list += list[length - 1] ? length : length - 1;
    }
    text_add(out, ")\n{\n");
}

const char *kernel_body(Arena *arena, Family family, const KernelDims *dims, const Tile *tile, bool *used)
{
    const FamilyInfo *info = family_info(family);
    KernelText k = {
        .arena = arena, .text = text_new(arena), .info = info, .dim = dims->text, .varies = dims->varies,
        .tile = tile, .indent = 1,
    };
    for (int d = 0; dims->named && d < info->dim_count; d++) {
        if (dims->named[d])
            make_known(&k, dims->text[d], dims->number[d]);
    }
    k.block[k.depth++] = (Block){.printed = true};
    info->print(&k);
    if (k.depth != 1)
        fail_bug("kernel %s left %d blocks open", info->name, k.depth - 1);
    if (used)
        memcpy(used, k.used, sizeof k.used);
    return k.text.bytes;
}

static bool in_word(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

const char *find_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)); at++) {
        if ((at == text || (!in_word(at[-1]) && at[-1] != '.')) && !in_word(at[length]))
            return at;
    }
    return NULL;
}

void emit_function(Text *out, Family family, const char *name, const char *const *dims, const Tile *tile,
                   const char *more, const char *source)
{
    const FamilyInfo *info = family_info(family);
    bool used[MAX_DIMS];
    const char *body = kernel_body(out->arena, family, &(KernelDims){.text = dims}, tile, used);

    emit_signature(out, name, family_parameters(out->arena, info), more);
    int on_line = 0;
    for (int d = 0; source && d < info->dim_count; d++) {
        if (!used[d])
            continue;
        text_add(out, on_line == 0 ? "    const long " : ", ");
        text_printf(out, "%s = %s%s", info->dims[d], source, info->dims[d]);
        if (++on_line == 4) {
            text_add(out, ";\n");
            on_line = 0;
        }
    }
    if (on_line)
        text_add(out, ";\n");
    for (const FamilyParameter *p = info->parameters; p->type; p++) {
        if (!find_word(body, p->name))
            text_printf(out, "    (void)%s;\n", p->name);
    }
    text_add(out, body);
    text_add(out, "}\n");
}

void emit_kernel(Text *out, Family family, const char *name, const char *const *dims, const Tile tile[WIDTH_COUNT])
{
    emit_function(out, family, name, dims, tile, NULL, NULL);
}

void emit_kernel_sized(Text *out, Family family, const char *name, const int64_t *dims, const Tile tile[WIDTH_COUNT])
{
    const char *numbers[MAX_DIMS];
    for (int d = 0; d < family_info(family)->dim_count; d++)
        numbers[d] = arena_printf(out->arena, "%lld", (long long)dims[d]);
    emit_kernel(out, family, name, numbers, tile);
}
