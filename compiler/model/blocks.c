/* Blocks: their heads, the names in their bodies, and the values of their parameters where they are used. */
#include <string.h>

#include "model/build.h"

static Block *own_block(const File *file, const char *name)
{
    for (int i = 0; i < file->blocks.count; i++)
        if (strcmp(file->blocks.at[i]->syntax->name, name) == 0)
            return file->blocks.at[i];
    return NULL;
}

Block *find_block(const Build *build, const char *name)
{
    Block *block = own_block(build->file, name);
    for (int i = 0; !block && i < build->file->imports.count; i++)
        block = own_block(build->file->imports.at[i], name);
    return block;
}

/* ---- Heads ------------------------------------------------------------------------------------------------------- */

/* `channels` or `p=0.5`; the text of a default is for signatures in messages. */
static bool head_param(Build *build, const char *what, const Syntax *argument, Param *param)
{
    bool plain = !argument->name && argument->value->kind == SYNTAX_NAME;
    const char *name = plain ? argument->value->name : argument->name;
    if (!name || strchr(name, '.')) {
        diag_error(build->diag, argument->span, "parameter of a %s is a name, as in (channels, p=0.5)", what);
        return false;
    }
    *param = (Param){.name = name, .type = ARG_ANY,
                     .fallback = plain ? NULL : span_text(build->arena, argument->value->span)};
    return true;
}

const Param *read_head(Build *build, const char *what, const Syntax *syntax, int first)
{
    int count = syntax->items.count - first;
    Param *params = arena_alloc(build->arena, (size_t)(count + 1) * sizeof *params);
    for (int i = 0; i < count; i++) {
        const Syntax *argument = syntax->items.at[first + i];
        if (i == MAX_ARGS) {
            diag_error(build->diag, argument->span, "%s '%s' has more than %d parameters", what, syntax->name,
                       MAX_ARGS);
            return NULL;
        }
        if (!head_param(build, what, argument, &params[i]))
            return NULL;
        int before = 0;
        while (strcmp(params[before].name, params[i].name))
            before++;
        if (before < i) {
            diag_error(build->diag, argument->span, "parameter '%s' is given twice", params[i].name);
            diag_note(build->diag, syntax->items.at[first + before]->span, "the first one is here");
            return NULL;
        }
        if (i > 0 && params[i - 1].fallback && !params[i].fallback) {
            diag_error(build->diag, argument->span, "parameter '%s' has no default but stands behind one that has",
                       params[i].name);
            return NULL;
        }
    }
    return params;
}

void build_block(Build *build, const Syntax *syntax)
{
    Block *block = arena_make(build->arena, Block);
    *block = (Block){.syntax = syntax, .file = build->file, .params = read_head(build, "block", syntax, 0)};
    block->broken = !block->params;
    if (find_layer(syntax->name) || is_sequential(syntax->name) || is_word_of_bodies(syntax->name)) {
        diag_error(build->diag, syntax->name_span, "block '%s' has the name of a%s: call it otherwise", syntax->name,
                   is_word_of_bodies(syntax->name) ? "n operation" : " layer");
        block->broken = true;
    }
    vec_push(build->arena, build->file->blocks, block);
}

/* ---- Bodies ------------------------------------------------------------------------------------------------------ */

typedef enum State { STATE_NEW, STATE_OPEN, STATE_DONE } State;

typedef struct Visit {
    Build *build;
    State *state;        /* by the block's place */
    VEC(Block *) open;   /* from the outermost in */
    VEC(const char *) names; /* of the fors around */
    int depth;
} Visit;

static void visit_item(Visit *visit, const Syntax *item);

/* Reports that the innermost open block uses one that is open: A uses B uses A. */
static void report_circle(Visit *visit, const Block *again, const Syntax *call)
{
    Text text = text_new(visit->build->arena);
    bool inside = false;
    for (int i = 0; i < visit->open.count; i++) {
        Block *block = visit->open.at[i];
        inside = inside || block == again;
        if (!inside)
            continue;
        block->broken = true;
        text_printf(&text, "%s -> ", block->syntax->name);
    }
    diag_error(visit->build->diag, call->name_span, "block '%s' contains itself: %s%s", again->syntax->name, text.bytes,
               again->syntax->name);
}

static void visit_block(Visit *visit, Block *block, const Syntax *call)
{
    int place = 0;
    while (place < visit->build->file->blocks.count && visit->build->file->blocks.at[place] != block)
        place++;
    if (place == visit->build->file->blocks.count)
        return; /* of a file that is imported, which was looked at */
    if (visit->state[place] == STATE_OPEN)
        report_circle(visit, block, call);
    if (visit->state[place] != STATE_NEW)
        return;
    visit->state[place] = STATE_OPEN;
    vec_push(visit->build->arena, visit->open, block);
    if (block->syntax->body)
        visit_item(visit, block->syntax->body);
    visit->open.count--;
    visit->state[place] = STATE_DONE;
}

/* Whether a name is a parameter of the block at hand, or of a for: it may stand for a layer. */
static bool is_local(const Visit *visit, const char *name)
{
    const Block *block = visit->open.at[visit->open.count - 1];
    if (block->params && signature_find(block->params, name) >= 0)
        return true;
    for (int i = 0; i < visit->names.count; i++)
        if (strcmp(visit->names.at[i], name) == 0)
            return true;
    return false;
}

static void visit_call(Visit *visit, const Syntax *call)
{
    if (is_local(visit, call->name))
        return;
    const char *name = bare_name(call->name);
    Block *block = find_block(visit->build, call->name);
    if (block) {
        visit_block(visit, block, call);
    } else if (is_sequential(name)) {
        for (int i = 0; i < call->items.count; i++) {
            const Syntax *item = sequential_item(visit->build, call->items.at[i]);
            if (item)
                visit_item(visit, item);
        }
    } else if (!find_layer(name) && !is_operation(call)) {
        report_no_layer(visit->build, call);
    }
}

static void visit_item(Visit *visit, const Syntax *item)
{
    if (++visit->depth > MAX_NESTING) {
        diag_error(visit->build->diag, item->span, "blocks nest more than %d levels deep", MAX_NESTING);
        for (int i = 0; i < visit->open.count; i++)
            visit->open.at[i]->broken = true;
    } else {
        if (item->kind == SYNTAX_CALL)
            visit_call(visit, item);
        if (item->kind == SYNTAX_CHILD)
            visit_item(visit, item->value);
        bool items = item->kind == SYNTAX_BODY || item->kind == SYNTAX_IF;
        for (int i = 0; items && i < item->items.count; i++)
            visit_item(visit, item->items.at[i]);
        int names = visit->names.count;
        for (int i = 0; item->kind == SYNTAX_FOR && i < item->items.count; i++)
            vec_push(visit->build->arena, visit->names, item->items.at[i]->name);
        if (item->body)
            visit_item(visit, item->body);
        visit->names.count = names;
    }
    visit->depth--;
}

void check_blocks(Build *build)
{
    Visit visit = {.build = build};
    visit.state = arena_alloc(build->arena, (size_t)build->file->blocks.count * sizeof *visit.state);
    for (int i = 0; i < build->file->blocks.count; i++)
        visit_block(&visit, build->file->blocks.at[i], NULL);
}

/* ---- Uses -------------------------------------------------------------------------------------------------------- */

const Locals *bind_head(Build *build, const Head *head, const Syntax *const *arguments, int count, Span call,
                       const char *path)
{
    Args args;
    if (!bind_arguments(build, head->name, head->params, arguments, count, call, path, false, &args))
        return NULL;
    Locals *scope = arena_make(build->arena, Locals);
    const Locals *outside = build->scope;
    File *file = build->file;
    build->scope = NULL; /* defaults know the constants of their file */
    build->file = head->file;
    for (int i = 0; head->params[i].name; i++) {
        const Arg *arg = &args.at[i];
        Let let = {.name = head->params[i].name, .value = {.kind = CONSTANT_NONE}};
        if (!arg->given)
            let.value = evaluate(build, head->syntax->items.at[head->first + i]->value);
        else if (!arg->none)
            let.value = *arg->any;
        vec_push(build->arena, scope->lets, let);
    }
    build->scope = outside;
    build->file = file;
    return scope;
}

const char *block_text(Arena *arena, const Block *block, const Locals *scope)
{
    Text text = text_new(arena);
    text_printf(&text, "%s(", block->syntax->name);
    for (int i = 0; i < scope->lets.count; i++)
        text_printf(&text, "%s%s=%s", i ? ", " : "", scope->lets.at[i].name,
                    constant_text(arena, scope->lets.at[i].value));
    text_add(&text, ")");
    return text.bytes;
}
