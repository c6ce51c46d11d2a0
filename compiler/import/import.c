#include "import/import.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "driver.h"
#include "import/onnx.h"
#include "system/printable.h"
#include "syntax/parse.h"

void import_fail(const Import *import, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    nc_print_to(stderr, "netc import: %s: ", import->path);
    nc_vprint(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (hint)
        nc_print_to(stderr, "  hint: %s\n", hint);
    exit(1);
}

/* torchvision's are subclasses of Sequential. */
bool import_is_sequence(const char *class)
{
    static const char *const names[] = {"Sequential", "Conv2dNormActivation", "ConvNormActivation", "ConvBNReLU",
                                        "ConvBNActivation"};
    const char *dot = strrchr(class, '.');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(dot ? dot + 1 : class, names[i]) == 0)
            return true;
    return false;
}

void import_child(Import *import, int depth, const char *name, size_t length, int place)
{
    const char *number = arena_printf(import->arena, "%d", place);
    text_pad(&import->draft, ' ', 4 * depth);
    if (length == strlen(number) && strncmp(name, number, length) == 0)
        return;
    if (length == 0 || character_name_length(name, (int)length, false) != (int)length)
        import_fail(import, isdigit((unsigned char)*name) ? "number the children anew: torch.nn.Sequential(*children)"
                                                          : NULL,
                    "a child in place %d is called '%.*s', which is no name in a .net file", place,
                    (int)(length < 200 ? length : 200), name);
    text_add_bytes(&import->draft, name, length);
    text_add(&import->draft, ": ");
}

/* ---- Binding ----------------------------------------------------------------------------------------------------- */

/* A literal. What it is not is broken, and reported. */
static Constant literal(Import *import, const Syntax *syntax)
{
    switch (syntax->kind) {
    case SYNTAX_INT: return (Constant){.kind = CONSTANT_INT, .i = strtoll(syntax->name, NULL, 10)};
    case SYNTAX_FLOAT: return (Constant){.kind = CONSTANT_FLOAT, .f = strtod(syntax->name, NULL)};
    case SYNTAX_STRING:
    case SYNTAX_NAME: /* print(model) shows padding_mode=reflect */
        return (Constant){.kind = CONSTANT_STRING, .s = syntax->name};
    case SYNTAX_TRUE:
    case SYNTAX_FALSE: return (Constant){.kind = CONSTANT_BOOL, .i = syntax->kind == SYNTAX_TRUE};
    case SYNTAX_NONE: return (Constant){.kind = CONSTANT_NONE};
    case SYNTAX_TUPLE:
    case SYNTAX_LIST: {
        Constant *items = arena_alloc(import->arena, (size_t)(syntax->items.count + 1) * sizeof *items);
        for (int i = 0; i < syntax->items.count; i++)
            items[i] = literal(import, syntax->items.at[i]);
        return (Constant){.kind = CONSTANT_SEQUENCE, .items = items, .count = syntax->items.count};
    }
    case SYNTAX_UNARY:
        if (syntax->op == '-') {
            Constant value = literal(import, syntax->items.at[0]);
            value.i = -value.i;
            value.f = -value.f;
            return value;
        }
        /* fall through */
    default:
        diag_error(import->diag, syntax->span, "an argument here is a number, a string or a list of these");
        return (Constant){0};
    }
}

static void bind_layer(Import *import, Node *node, const Syntax *call)
{
    VEC(Given) given = {0};
    for (int i = 0; i < call->items.count; i++) {
        const Syntax *argument = call->items.at[i];
        vec_push(import->arena, given,
                 ((Given){.name = argument->name, .name_span = argument->name_span,
                          .value = literal(import, argument->value), .span = argument->value->span}));
    }
    for (int i = 0; vocabulary_layers[i]; i++)
        if (strcmp(vocabulary_layers[i]->name, call->name) == 0 && vocabulary_layers[i]->torch.module)
            node->kind = vocabulary_layers[i];
    const char *refused = vocabulary_refused(call->name);
    if (node->kind)
        signature_bind(import->arena, import->diag, call->name, node->kind->params, given.at, given.count, call->span,
                       &node->args);
    else if (refused)
        diag_error(import->diag, call->name_span, "%s %s", call->name, refused);
    else
        diag_error(import->diag, call->name_span, "no layer is called '%s': the file does not say what it computes",
                   call->name);
}

static Node *bind(Import *import, const Syntax *item, int place, bool root);

static void bind_children(Import *import, Node *node, const Syntax *body)
{
    for (int i = 0; i < body->items.count; i++)
        vec_push(import->arena, node->children, bind(import, body->items.at[i], i, false));
}

/* A class with a forward of its own may apply its children in any way: torchvision's InvertedResidual has one child,
 * and adds its input to what that gives. Each class is reported once. */
static void check_class(Import *import, const Node *node)
{
    if (import_is_sequence(node->class) || strcmp(node->class, "ModuleList") == 0)
        return;
    for (int i = 0; i < import->refused.count; i++)
        if (strcmp(import->refused.at[i], node->class) == 0)
            return;
    vec_push(import->arena, import->refused, node->class);
    diag_error(import->diag, node->name_span, "%s has a forward of its own, which no file holds: import knows "
               "nn.Sequential, and takes one class of your own if it is around all others", node->class);
}

static Node *bind(Import *import, const Syntax *item, int place, bool root)
{
    Node *node = arena_make(import->arena, Node);
    const Syntax *value = item->kind == SYNTAX_CHILD ? item->value : item;
    node->name = item->kind == SYNTAX_CHILD ? item->name : arena_printf(import->arena, "%d", place);
    node->span = value->span;
    node->name_span = value->name_span;
    if (root) {
        node->class = import->class;
        bind_children(import, node, item->body);
    } else if (value->kind == SYNTAX_CALL && value->body) {
        node->class = value->name;
        bind_children(import, node, value->body);
        check_class(import, node);
    } else if (value->kind == SYNTAX_CALL && import_is_sequence(value->name)) {
        node->class = value->name; /* Sequential() */
    } else if (value->kind == SYNTAX_CALL) {
        bind_layer(import, node, value);
    } else {
        diag_error(import->diag, value->span, "no module is written so");
    }
    return node;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static void write_children(Text *out, const Node *node, int depth)
{
    int place = 0;
    for (int i = 0; i < node->children.count; i++) {
        const Node *child = node->children.at[i];
        if (child->flattens) {
            text_pad(out, ' ', 4 * depth);
            text_printf(out, "flatten(1)  # not in the file: '%s' takes a row\n", child->name);
        }
        text_pad(out, ' ', 4 * depth);
        if (strcmp(child->name, arena_printf(out->arena, "%d", place++)) != 0)
            text_printf(out, "%s: ", child->name);
        if (child->kind) {
            text_printf(out, "%s(%s)\n", child->kind->name, torch_arguments(out->arena, child->layer));
        } else if (child->children.count == 0) {
            text_add(out, "Identity()  # an empty Sequential\n");
        } else {
            text_add(out, "{\n");
            write_children(out, child, depth + 1);
            text_pad(out, ' ', 4 * depth);
            text_add(out, "}\n");
        }
    }
}

static const char *last_part(const char *class)
{
    const char *dot = strrchr(class, '.');
    return dot ? dot + 1 : class;
}

static void add_origin(Text *out, const Import *import)
{
    const char *file = strrchr(import->path, '/');
    text_add(out, "# Imported from ");
    text_add_printable(out, file ? file + 1 : import->path);
    text_add(out, ".\n");
}

static const char *write_model(const Import *import, const Node *root, Shape input)
{
    Text out = text_new(import->arena);
    const char *name = last_part(import->class);
    bool known = import_is_sequence(name);
    add_origin(&out, import);
    if (!known)
        text_printf(&out, "# The forward of %s is not in it: here its children are applied in their order, each once.\n"
                          "# Hold that against the class.\n", name);
    text_printf(&out, "model %s(", known ? "Net" : name);
    for (int i = 0; i < input.rank; i++)
        text_printf(&out, "%s%" PRId64, i ? ", " : "", input.dim[i]);
    text_add(&out, ") {\n");
    write_children(&out, root, 1);
    text_add(&out, "}\n");
    return out.bytes;
}

/* ---- All of it --------------------------------------------------------------------------------------------------- */

enum { MOST_TEXT = 16 << 20 };

/* The bytes of a file that may be text; NULL: it is not, or cannot be read. */
static char *read_text(const Import *import, size_t *length)
{
    FILE *file = fopen(import->path, "rb");
    if (!file)
        return NULL;
    char part[1 << 14];
    Text text = text_new(import->arena);
    size_t count = fread(part, 1, sizeof part, file);
    bool may_be = count > 0 && part[0] != '\x80' && (count < 2 || memcmp(part, "PK", 2) != 0);
    for (; may_be && count > 0 && text.length < MOST_TEXT; count = fread(part, 1, sizeof part, file))
        text_add_bytes(&text, part, count);
    fclose(file);
    *length = text.length;
    return may_be ? text.bytes : NULL;
}

static const Syntax *parse_draft(Import *import)
{
    const char *error = NULL;
    const Source *source = source_from_text(import->arena, import->path, import->draft.bytes, import->draft.length,
                                            &error);
    if (!source) {
        nc_print_to(stderr, "%s\n", error);
        return NULL;
    }
    const Syntax *tree = syntax_parse(import->arena, import->diag, source);
    for (int i = 0; i < tree->items.count; i++)
        if (tree->items.at[i]->kind == SYNTAX_MODEL && tree->items.at[i]->body)
            return tree->items.at[i];
    return NULL;
}

/* What netc makes of what was written. NULL: it does not take that. */
static const Program *check_text(Import *import, const char *text)
{
    const char *error = NULL;
    const Program *program = NULL;
    const Source *source = source_from_text(import->arena, import->path, text, strlen(text), &error);
    if (source)
        program = model_build(import->arena, import->diag, source, syntax_parse(import->arena, import->diag, source),
                              NULL, 0);
    else
        nc_print_to(stderr, "%s\n", error);
    return diag_error_count(import->diag) == 0 ? program : NULL;
}

static const char *make_onnx_text(Import *import)
{
    ItemList items = {0};
    Text out = text_new(import->arena);
    add_origin(&out, import);
    text_add(&out, import_onnx_text(import, &items));
    const Program *program = check_text(import, out.bytes);
    if (program)
        import_onnx_match(import, program->networks.at[0], &items);
    if (program && import->weights)
        import_onnx_weights(import, program->networks.at[0], &items);
    return program ? out.bytes : NULL;
}

static const char *make_text(Import *import)
{
    size_t length;
    if (import_is_onnx(import->path))
        return make_onnx_text(import);
    if (import->weights)
        import_fail(import, "say --load with that file", "--weights is of ONNX files: any other holds them for itself");
    char *bytes = read_text(import, &length);
    if (bytes && import_is_printed(bytes, length))
        import_printed(import, bytes, length);
    else
        import_pickle(import);
    const Syntax *model = parse_draft(import);
    if (!model)
        return NULL;
    Node *root = bind(import, model, 0, true);
    Shape input;
    if (diag_error_count(import->diag) || !import_fit(import, root, &input))
        return NULL;
    const char *text = write_model(import, root, input);
    return check_text(import, text) ? text : NULL;
}

bool import_model(Arena *arena, const char *path, const char *input, const char *weights, const char **text)
{
    Import import = {.arena = arena, .diag = diag_new(arena), .path = path, .input = input, .weights = weights,
                     .draft = text_new(arena)};
    *text = make_text(&import);
    diag_print(import.diag, stderr, nc_shows_colours(stderr));
    return *text != NULL;
}
