#include "syntax/tree.h"

#include "base/fail.h"

/* Notes that `child` hangs below `parent`. A tree that grows too deep is cut, and reported. */
static bool hang(TreeBuilder *builder, Syntax *parent, const Syntax *child)
{
    if (child->depth + 1 > SYNTAX_MAX_DEPTH) {
        if (!builder->cut)
            diag_error(builder->diag, child->span, "program nests more than %d levels deep", SYNTAX_MAX_DEPTH);
        builder->cut = true;
        return false;
    }
    if (child->depth + 1 > parent->depth)
        parent->depth = child->depth + 1;
    return true;
}

/* What stands in the place of a tree that was cut. */
static Syntax *stump(TreeBuilder *builder, Span span)
{
    Syntax *node = arena_make(builder->arena, Syntax);
    *node = (Syntax){.kind = SYNTAX_BROKEN, .span = span};
    return node;
}

Syntax *syntax_leaf(TreeBuilder *builder, SyntaxKind kind, Span span, Name name)
{
    Syntax *node = arena_make(builder->arena, Syntax);
    *node = (Syntax){.kind = kind, .span = span, .name = name.text, .name_span = name.span};
    return node;
}

Syntax *syntax_node(TreeBuilder *builder, SyntaxKind kind, Span span, Name name, Syntax *value)
{
    Syntax *node = syntax_leaf(builder, kind, span, name);
    if (value)
        node->value = hang(builder, node, value) ? value : stump(builder, value->span);
    return node;
}

Syntax *syntax_append(TreeBuilder *builder, Syntax *list, Syntax *item)
{
    if (!list)
        list = arena_make(builder->arena, Syntax);
    vec_push(builder->arena, list->items, item);
    return list;
}

Syntax *syntax_adopt(TreeBuilder *builder, Syntax *node, const Syntax *list)
{
    for (int i = 0; list && i < list->items.count; i++) {
        Syntax *item = list->items.at[i];
        vec_push(builder->arena, node->items, hang(builder, node, item) ? item : stump(builder, item->span));
    }
    return node;
}

Syntax *syntax_with_body(TreeBuilder *builder, Syntax *node, Syntax *body)
{
    if (body && hang(builder, node, body))
        node->body = body;
    return node;
}

Syntax *syntax_operation(TreeBuilder *builder, Span span, int op, Syntax *left, Syntax *right)
{
    Syntax *list = syntax_append(builder, NULL, left);
    if (right)
        list = syntax_append(builder, list, right);
    Syntax *node = syntax_leaf(builder, right ? SYNTAX_BINARY : SYNTAX_UNARY, span, (Name){0});
    node->op = op;
    return syntax_adopt(builder, node, list);
}

const char *syntax_operator_text(int op)
{
    switch (op) {
    case '+': return "+";
    case '-': return "-";
    case '*': return "*";
    case '/': return "/";
    case '%': return "%";
    case OPERATOR_FLOOR_DIVIDE: return "//";
    case OPERATOR_POWER: return "**";
    case OPERATOR_EQUAL: return "==";
    case OPERATOR_UNEQUAL: return "!=";
    case OPERATOR_AT_MOST: return "<=";
    case OPERATOR_AT_LEAST: return ">=";
    case OPERATOR_AND: return "and";
    case OPERATOR_OR: return "or";
    case OPERATOR_NOT: return "not";
    case '<': return "<";
    case '>': return ">";
    }
    fail_bug("no operator %d", op);
}

/* ---- Printing ---------------------------------------------------------------------------------------------------- */

static const char *const kind_names[] = {
    [SYNTAX_FILE] = "file",     [SYNTAX_IMPORT] = "import",   [SYNTAX_LET] = "let",       [SYNTAX_BLOCK] = "block",
    [SYNTAX_MODEL] = "model",   [SYNTAX_DERIVE] = "derive",   [SYNTAX_EDIT] = "edit",     [SYNTAX_DATA] = "data",
    [SYNTAX_TRAIN] = "train",   [SYNTAX_SETTING] = "setting", [SYNTAX_BODY] = "body",     [SYNTAX_CHILD] = "child",
    [SYNTAX_REPEAT] = "repeat", [SYNTAX_FOR] = "for",         [SYNTAX_IF] = "if",         [SYNTAX_INIT] = "init",
    [SYNTAX_CALL] = "call",     [SYNTAX_ARG] = "arg",         [SYNTAX_INT] = "int",       [SYNTAX_FLOAT] = "float",
    [SYNTAX_STRING] = "string", [SYNTAX_NAME] = "name",       [SYNTAX_TRUE] = "True",     [SYNTAX_FALSE] = "False",
    [SYNTAX_NONE] = "None",     [SYNTAX_INFER] = "_",         [SYNTAX_BROKEN] = "broken", [SYNTAX_TUPLE] = "tuple",
    [SYNTAX_LIST] = "list",     [SYNTAX_DICT] = "dict",
    [SYNTAX_UNARY] = "unary",     [SYNTAX_BINARY] = "binary",
};

static void print(Text *out, const Syntax *node, int level)
{
    text_pad(out, ' ', 2 * level);
    text_add(out, kind_names[node->kind]);
    if (node->op)
        text_printf(out, " %s", syntax_operator_text(node->op));
    if (node->name) {
        text_add(out, " ");
        if (node->kind == SYNTAX_STRING || node->kind == SYNTAX_IMPORT)
            text_add_quoted(out, node->name);
        else
            text_add(out, node->name);
    }
    if (node->target)
        text_printf(out, " %s", node->target);
    int line, column;
    source_position(node->span.source, node->span.start, &line, &column);
    text_printf(out, "  # %d:%d\n", line, column);
    if (node->value)
        print(out, node->value, level + 1);
    for (int i = 0; i < node->items.count; i++)
        print(out, node->items.at[i], level + 1);
    if (node->body)
        print(out, node->body, level + 1);
}

void syntax_print(Text *out, const Syntax *syntax)
{
    print(out, syntax, 0);
}
