/* Which kernels share a body: those of a family whose texts are the same but for sizes. The body is a function that is
 * always inlined, so that each kernel's own function, which calls it with its sizes, is compiled for just these. */
#include <string.h>

#include "base/fail.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/kernels.h"
#include "targets/cpu/parameter_layout.h"

bool takes_count(const Kernel *kernel)
{
    return kernel->counts_samples && !kernel->chunk && family_info(kernel->family)->counted;
}

int counted_dim(const Kernel *kernel)
{
    return takes_count(kernel) ? family_info(kernel->family)->counted(kernel) : -1;
}

/* `text` with the words from[] replaced by those of to[]. */
static const char *with_words(Arena *arena, const char *text, const char *const *from, const char *const *to, int count)
{
    for (int i = 0; i < count; i++) {
        if (!strcmp(from[i], to[i]))
            continue;
        Text changed = text_new(arena);
        for (const char *at; (at = find_word(text, from[i])); text = at + strlen(from[i])) {
            text_add_bytes(&changed, text, (size_t)(at - text));
            text_add(&changed, to[i]);
        }
        text_add(&changed, text);
        text = changed.bytes;
    }
    return text;
}

/* What the parameters are called: by the kernel's operands, where none of these words is another thing in `text`. */
static void name_parameters(const Kernel *kernel, const char *text, const char **name)
{
    const FamilyParameter *p = family_info(kernel->family)->parameters;
    bool free = true;
    int count = 0;
    for (; p[count].type; count++) {
        name[count] = parameter_name(kernel, &p[count]);
        free = free && (!strcmp(name[count], p[count].name) || !find_word(text, name[count]));
    }
    for (int i = 0; !free && i < count; i++)
        name[i] = p[i].name;
}

static int parameter_count(const FamilyInfo *info)
{
    int count = 0;
    while (info->parameters[count].type)
        count++;
    return count;
}

/* The text of a body with the parameters' own words. */
static const char *with_names(Arena *arena, const FamilyInfo *info, const char *text, const char *const *name)
{
    const char *from[MAX_PARAMETERS];
    const int count = parameter_count(info);
    for (int i = 0; i < count; i++)
        from[i] = info->parameters[i].name;
    return with_words(arena, text, from, name, count);
}

/* The body where the dimensions of `named` have names, the others being numbers. as[]: the dimension by whose name one
 * goes; NULL: each by its own. */
static const char *body_text(Arena *arena, const Kernel *kernel, const bool *named, const bool *varies, const int *as)
{
    const FamilyInfo *info = family_info(kernel->family);
    const char *dims[MAX_DIMS];
    for (int d = 0; d < info->dim_count; d++)
        dims[d] = named && named[d] ? arena_printf(arena, "size.%s", info->dims[as ? as[d] : d])
                                    : arena_printf(arena, "%lld", (long long)kernel->dim[d]);
    if (counted_dim(kernel) >= 0)
        dims[counted_dim(kernel)] = "count";
    const KernelDims all = {.text = dims, .named = named, .varies = varies, .number = kernel->dim};
    return kernel_body(arena, kernel->family, &all, kernel->tile, NULL);
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* Whether sharing makes the program's text shorter: a function that only calls the body has about four lines. */
static bool is_worth_while(const Body *body)
{
    enum { CALL = 1, HEAD = 6 };
    const int lines = count_lines(body->of.at[0]->own);
    return body->of.count * (lines - CALL) > lines + HEAD;
}

/* The dimension by whose name `d` goes: of those that are no distance the last that is the same in all kernels
 * ("channels" for "x_col"), or itself. */
static int size_like(const Body *body, const FamilyInfo *info, int d)
{
    int like = d;
    for (int other = 0; strchr(info->dims[d], '_') && other < info->dim_count; other++) {
        bool same = body->named[other] && !strchr(info->dims[other], '_');
        for (int i = 0; same && i < body->of.count; i++)
            same = body->of.at[i]->kernel->dim[d] == body->of.at[i]->kernel->dim[other];
        like = same ? other : like;
    }
    return like;
}

/* Whether the text of a body has the size "size.rows". */
static bool find_size(const char *text, const char *dim)
{
    const size_t length = strlen(dim);
    for (const char *at = text; (at = strstr(at, "size.")); at++) {
        if (!strncmp(at + strlen("size."), dim, length) && find_word(at + strlen("size."), dim) == at + strlen("size."))
            return true;
    }
    return false;
}

/* Names the sizes that differ and prints the body. False where the kernels differ in more, after all. */
static bool settle(Arena *arena, Body *body)
{
    const Kernel *first = body->of.at[0]->kernel;
    const FamilyInfo *info = family_info(first->family);
    bool zero[MAX_DIMS] = {0}, other[MAX_DIMS] = {0}, varies[MAX_DIMS];
    for (int i = 0; i < body->of.count; i++) {
        const Kernel *kernel = body->of.at[i]->kernel;
        for (int d = 0; d < info->dim_count; d++) {
            body->named[d] = body->named[d] || (kernel->dim[d] != first->dim[d] && d != counted_dim(first));
            *(kernel->dim[d] ? &other[d] : &zero[d]) = true;
        }
    }
    int as[MAX_DIMS];
    for (int d = 0; d < info->dim_count; d++) {
        varies[d] = body->named[d] && zero[d] && other[d];
        as[d] = body->named[d] ? size_like(body, info, d) : d;
    }
    for (int i = 0; i < body->of.count; i++) {
        const char *text = body_text(arena, body->of.at[i]->kernel, body->named, varies, as);
        if (i && strcmp(text, body->text))
            return false;
        body->text = text;
    }
    const int count = parameter_count(info);
    for (int i = 0; i < count; i++) {
        body->reads[i] = find_word(body->text, info->parameters[i].name) != NULL;
        body->name[i] = body->of.at[0]->name[i];
        for (int k = 1; k < body->of.count; k++)
            body->name[i] = strcmp(body->of.at[k]->name[i], body->name[i]) ? info->parameters[i].name : body->name[i];
    }
    body->text = with_names(arena, info, body->text, body->name);
    for (int d = 0; d < info->dim_count; d++)
        body->named[d] = body->named[d] && find_size(body->text, info->dims[d]);
    return true;
}

/* The kernels whose texts are the same with names for all dimensions. */
static Body *body_like(Frame *f, const Kernel *kernel)
{
    bool all[MAX_DIMS];
    for (int d = 0; d < MAX_DIMS; d++)
        all[d] = d != counted_dim(kernel);
    const char *key = body_text(f->arena, kernel, all, all, NULL);
    int number = 1;
    for (int i = 0; i < f->bodies.count; i++) {
        Body *body = f->bodies.at[i];
        if (body->family != kernel->family)
            continue;
        number++;
        if (!strcmp(body->key, key))
            return body;
    }
    Body *body = arena_make(f->arena, Body);
    body->family = kernel->family;
    body->key = key;
    vec_push(f->arena, f->bodies, body);
    return body;
}

/* How a kernel's own function is printed. */
static Function *function_of(Frame *f, Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    Function *function = arena_make(f->arena, Function);
    function->kernel = kernel;
    const char *text = f->form != EMIT_PLAIN ? body_text(f->arena, kernel, NULL, NULL, NULL) : "";
    name_parameters(kernel, text, function->name);
    for (int i = 0; i < parameter_count(info); i++) {
        const FamilyParameter *p = &info->parameters[i];
        function->reads[i] = f->form != EMIT_PLAIN ? find_word(text, p->name) != NULL
                                                : !p->role || kernel->operand[p->role].buffer;
    }
    function->own = with_names(f->arena, info, text, function->name);
    return function;
}

const char *handed_on(Arena *arena, const Function *function, const bool *taken)
{
    const FamilyInfo *info = family_info(function->kernel->family);
    Text text = text_new(arena);
    for (int i = 0; info->parameters[i].type; i++) {
        if (!taken || taken[i])
            text_printf(&text, "%s%s", text.length ? ", " : "", function->reads[i] ? function->name[i] : "0");
    }
    return text.bytes;
}

const char *body_name(Arena *arena, const Body *body, const char *before, const char *behind)
{
    const char *name = arena_printf(arena, "%s%s%s", before, family_info(body->family)->name, behind);
    return body->number > 1 ? arena_printf(arena, "%s_%d", name, body->number) : name;
}

/* Names the macros that define the functions of a body by their sizes: one for those with the same parameters, where
 * there are several. */
static void name_macros(Arena *arena, Body *body)
{
    int macros = 0;
    if (!memchr(body->named, true, sizeof body->named))
        return;
    for (int i = 0; i < body->of.count; i++) {
        Function *first = body->of.at[i];
        const char *handed = handed_on(arena, first, NULL);
        int count = 0;
        for (int k = i; !first->macro && k < body->of.count; k++)
            count += !strcmp(handed_on(arena, body->of.at[k], NULL), handed);
        if (count < 2)
            continue;
        char *name = arena_printf(arena, "%s", body_name(arena, body, "DEFINE_", ""));
        for (char *c = name; *c; c++)
            *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
        if (++macros > 1)
            name = arena_printf(arena, "%s%c", name, 'A' + macros - 1);
        for (int k = i; k < body->of.count; k++) {
            if (!strcmp(handed_on(arena, body->of.at[k], NULL), handed))
                body->of.at[k]->macro = name;
        }
        first->first = true;
    }
}

void share_bodies(Frame *f)
{
    int of_family[FAMILY_COUNT] = {0}, bodies[FAMILY_COUNT] = {0};
    const ParameterLayout *layout = f->plans->layout;
    for (int i = 0; i < layout->functions.count; i++) {
        layout->functions.at[i]->printed = function_of(f, layout->functions.at[i]);
        of_family[layout->functions.at[i]->family]++;
    }
    for (int i = 0; f->form != EMIT_PLAIN && i < layout->functions.count; i++) {
        Kernel *kernel = layout->functions.at[i];
        if (of_family[kernel->family] < 2)
            continue;
        kernel->printed->body = body_like(f, kernel);
        vec_push(f->arena, kernel->printed->body->of, kernel->printed);
    }
    for (int i = 0; i < f->bodies.count; i++) {
        Body *body = f->bodies.at[i];
        if (is_worth_while(body) && settle(f->arena, body)) {
            body->number = ++bodies[body->family];
            name_macros(f->arena, body);
            continue;
        }
        for (int k = 0; k < body->of.count; k++)
            body->of.at[k]->body = NULL;
    }
}

const char *parameter_list(Arena *arena, const FamilyInfo *info, const bool *reads, const char *const *name)
{
    Text text = text_new(arena);
    for (int i = 0; info->parameters[i].type; i++) {
        if (reads[i])
            text_printf(&text, "%s%s%s", text.length ? ", " : "", info->parameters[i].type, name[i]);
    }
    return text.bytes;
}
