/* The syntax tree: what the text says, with no meaning yet. Every node carries its span. */
#ifndef NETC_SYNTAX_TREE_H
#define NETC_SYNTAX_TREE_H

#include <stdint.h>

#include "base/diag.h"
#include "base/text.h"
#include "base/vec.h"

typedef enum SyntaxKind {
    /* The file and its statements. */
    SYNTAX_FILE,   /* items: statements */
    SYNTAX_IMPORT, /* name: the library file */
    SYNTAX_LET,    /* name = value */
    SYNTAX_BLOCK,  /* name(items: parameters) body */
    SYNTAX_MODEL,  /* name(items: the input's shape) body */
    SYNTAX_DERIVE, /* model name(items: the input's shape) = value { body: edits, or NULL } */
    SYNTAX_EDIT,   /* name target = value: replace, append; name target: freeze. What Python writes has no name, or no
                    * target, or brackets in it; a call among the edits is one of Python's too */
    SYNTAX_DATA,   /* data items = value { body: transforms, or NULL }; the items are names, or _ */
    SYNTAX_TRAIN,  /* train name { items: settings } */
    SYNTAX_SETTING, /* name items: arguments */

    /* What stands in a body. */
    SYNTAX_BODY,  /* { items: calls, children, bodies, names of children } */
    SYNTAX_CHILD, /* name: value, a call or a body */
    SYNTAX_REPEAT, /* repeat value body */
    SYNTAX_FOR,    /* for items: names, in value body */
    SYNTAX_IF,     /* if value body; items[0]: the body behind else, or another if */
    SYNTAX_INIT,   /* init name = value */

    /* Expressions. */
    SYNTAX_CALL,   /* name(items: arguments), or in a body: name body */
    SYNTAX_ARG,    /* value, or name = value (name NULL: positional) */
    SYNTAX_INT,    /* name: the digits */
    SYNTAX_FLOAT,  /* name: the digits */
    SYNTAX_STRING, /* name: the bytes */
    SYNTAX_NAME,   /* name; may have dots */
    SYNTAX_TRUE,
    SYNTAX_FALSE,
    SYNTAX_NONE,
    SYNTAX_INFER,  /* _ */
    SYNTAX_BROKEN, /* what a syntax error made unreadable; among the items of a file, a body or a train block */
    SYNTAX_TUPLE,  /* (items) */
    SYNTAX_LIST,   /* [items] */
    SYNTAX_DICT,   /* {items}: keys and values in turn */
    SYNTAX_UNARY,  /* op value */
    SYNTAX_BINARY, /* items[0] op items[1] */
} SyntaxKind;

/* Operators: their character; those of more than one by these. */
enum {
    OPERATOR_FLOOR_DIVIDE = 256,
    OPERATOR_POWER,
    OPERATOR_EQUAL,
    OPERATOR_UNEQUAL,
    OPERATOR_AT_MOST,
    OPERATOR_AT_LEAST,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_NOT,
};

typedef struct Syntax {
    SyntaxKind kind;
    Span span;      /* of the whole construct */
    const char *name;
    Span name_span;
    const char *target; /* of SYNTAX_EDIT, as it is written */
    Span target_span;
    int op;
    int depth; /* levels of the tree below, bounded by SYNTAX_MAX_DEPTH */
    struct Syntax *value;
    struct Syntax *body;
    VEC(struct Syntax *) items;
} Syntax;

/* Deeper trees are refused, so that walking one may recurse. */
enum { SYNTAX_MAX_DEPTH = 1000 };

/* A name as the lexer gives it. */
typedef struct Name {
    const char *text;
    Span span;
} Name;

/* Where nodes are made. */
typedef struct TreeBuilder {
    Arena *arena;
    Diag *diag;
    bool cut; /* a tree too deep was reported */
} TreeBuilder;

/* A node without children, named `name.text` (NULL: none). */
Syntax *syntax_leaf(TreeBuilder *builder, SyntaxKind kind, Span span, Name name);

/* A node around `value`, which may be NULL. */
Syntax *syntax_node(TreeBuilder *builder, SyntaxKind kind, Span span, Name name, Syntax *value);

/* `list` (NULL: a new one) with `item` added; the list is a node of no meaning that syntax_adopt empties. */
Syntax *syntax_append(TreeBuilder *builder, Syntax *list, Syntax *item);

/* Gives `node` the items of `list`, which may be NULL. */
Syntax *syntax_adopt(TreeBuilder *builder, Syntax *node, const Syntax *list);

/* Gives `node` a body, which may be NULL. */
Syntax *syntax_with_body(TreeBuilder *builder, Syntax *node, Syntax *body);

/* An operator over one or two operands (`right` NULL: one). */
Syntax *syntax_operation(TreeBuilder *builder, Span span, int op, Syntax *left, Syntax *right);

/* "//", "**", "+" */
const char *syntax_operator_text(int op);

/* The tree as text, one node a line, for --dump=syntax. */
void syntax_print(Text *out, const Syntax *syntax);

#endif
