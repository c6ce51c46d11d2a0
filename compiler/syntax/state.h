/* What the lexer, the parser and parse.c share while one text is read. */
#ifndef NETC_SYNTAX_STATE_H
#define NETC_SYNTAX_STATE_H

#include "syntax/tree.h"

typedef struct Parse {
    TreeBuilder tree;
    const Source *source;
    int offset;      /* of the lexer: bytes read so far */
    int start_token; /* what kind of text it is; given to the parser first, then 0 */
    Span previous;   /* the token given before this one: where a missing one belongs */
    Span current;    /* the token given last */
    int parens;      /* open ( and [: a line's end means nothing inside */
    VEC(Span) braces; /* open { */
    bool skipping;   /* a statement is broken: what is left of it is passed over */
    int closing;     /* braces that the text left open, still to be closed for the parser */
    bool end_line;   /* give a line's end before the held token */
    bool holding;    /* `held` is to be given next */
    int held;
    Span held_span;
    Name held_name;
    Syntax *result;
} Parse;

/* Bytes [start, end) of the text. */
static inline Span parse_span(const Parse *parse, int start, int end)
{
    return (Span){parse->source, start, end};
}

#endif
