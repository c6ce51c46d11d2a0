/* Blocks: their heads, the names in their bodies, and the values of their parameters where they are used. */
#include <string.h>

#include "model/build.h"

Block *find_block(const Build *build, const char *name)
{
    for (int i = 0; i < build->blocks.count; i++)
        if (strcmp(build->blocks.at[i]->syntax->name, name) == 0)
            return build->blocks.at[i];
    return NULL;
}

/* ---- Heads ------------------------------------------------------------------------------------------------------- */

/* The text of a span, for signatures in messages. */
static const char *span_text(Arena *arena, Span span)
{
    return arena_copy(arena, span.source->text + span.start, (size_t)(span.end - span.start));
}

/* `channels` or `p=0.5`. */
static bool head_param(Build *build, const Syntax *argument, Param *param)
{
    bool plain = !argument->name && argument->value->kind == SYNTAX_NAME;
    const char *name = plain ? argument->value->name : argument->name;
    if (!name || strchr(name, '.')) {
        diag_error(build->diag, argument->span, "parameter of a block is a name, as in (channels, p=0.5)");
        return false;
    }
    *param = (Param){.name = name, .type = ARG_ANY,
                     .fallback = plain ? NULL : span_text(build->arena, argument->value->span)};
    return true;
}

/* The parameters of a block, as Python takes them. */
static bool read_head(Build *build, const Syntax *syntax, Param *params)
{
    for (int i = 0; i < syntax->items.count; i++) {
        const Syntax *argument = syntax->items.at[i];
        if (i == MAX_ARGS) {
            diag_error(build->diag, argument->span, "block '%s' has more than %d parameters", syntax->name, MAX_ARGS);
            return false;
        }
        if (!head_param(build, argument, &params[i]))
            return false;
        int before = 0;
        while (strcmp(params[before].name, params[i].name))
            before++;
        if (before < i) {
            diag_error(build->diag, argument->span, "parameter '%s' is given twice", params[i].name);
            diag_note(build->diag, syntax->items.at[before]->span, "the first one is here");
            return false;
        }
        if (i > 0 && params[i - 1].fallback && !params[i].fallback) {
            diag_error(build->diag, argument->span, "parameter '%s' has no default but stands behind one that has",
                       params[i].name);
            return false;
        }
    }
    return true;
}

void build_block(Build *build, const Syntax *syntax)
{
    Param *params = arena_alloc(build->arena, (size_t)(syntax->items.count + 1) * sizeof *params);
    Block *block = arena_make(build->arena, Block);
    *block = (Block){.syntax = syntax, .params = params};
    block->broken = !read_head(build, syntax, params);
    if (find_layer(syntax->name) || is_sequential(syntax->name)) {
        diag_error(build->diag, syntax->name_span, "block '%s' has the name of a layer: call it otherwise",
                   syntax->name);
        block->broken = true;
    }
    vec_push(build->arena, build->blocks, block);
}

/* ---- Bodies ------------------------------------------------------------------------------------------------------ */

typedef enum State { STATE_NEW, STATE_OPEN, STATE_DONE } State;

typedef struct Visit {
    Build *build;
    State *state;        /* by the block's place */
    VEC(Block *) open;   /* from the outermost in */
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
    while (visit->build->blocks.at[place] != block)
        place++;
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

static void visit_call(Visit *visit, const Syntax *call)
{
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
    } else if (!find_layer(name)) {
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
        for (int i = 0; item->kind == SYNTAX_BODY && i < item->items.count; i++)
            visit_item(visit, item->items.at[i]);
        if (item->body)
            visit_item(visit, item->body);
    }
    visit->depth--;
}

void check_blocks(Build *build)
{
    Visit visit = {.build = build};
    visit.state = arena_alloc(build->arena, (size_t)build->blocks.count * sizeof *visit.state);
    for (int i = 0; i < build->blocks.count; i++)
        visit_block(&visit, build->blocks.at[i], NULL);
}

/* ---- Uses -------------------------------------------------------------------------------------------------------- */

const Scope *bind_block(Build *build, const Block *block, const Syntax *call, const char *path)
{
    Args args;
    if (block->broken ||
        !bind_arguments(build, block->syntax->name, block->params, (const Syntax *const *)call->items.at,
                        call->items.count, call->span, path, false, &args))
        return NULL;
    Scope *scope = arena_make(build->arena, Scope);
    const Scope *outside = build->scope;
    build->scope = NULL; /* defaults know the constants of the file */
    for (int i = 0; block->params[i].name; i++) {
        const Arg *arg = &args.at[i];
        Let let = {.name = block->params[i].name, .value = {.kind = CONSTANT_NONE}};
        if (!arg->given)
            let.value = evaluate(build, block->syntax->items.at[i]->value);
        else if (!arg->none)
            let.value = *arg->any;
        vec_push(build->arena, scope->lets, let);
    }
    build->scope = outside;
    return scope;
}

const char *block_text(Arena *arena, const Block *block, const Scope *scope)
{
    Text text = text_new(arena);
    text_printf(&text, "%s(", block->syntax->name);
    for (int i = 0; i < scope->lets.count; i++)
        text_printf(&text, "%s%s=%s", i ? ", " : "", scope->lets.at[i].name,
                    constant_text(arena, scope->lets.at[i].value));
    text_add(&text, ")");
    return text.bytes;
}
