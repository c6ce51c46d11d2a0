/* Templates: C with holes, indented as it is printed. In a template
 *
 *     $name      is what template_set gave the name
 *     ?name ...  is a line that is printed where the name was given something; !name where it was not
 *
 * and indentation is made here, from braces and from lines that begin a statement without ending it. A hole whose text
 * has several lines, on a line of its own, is a template too. */
#ifndef NETC_TARGETS_TEMPLATE_H
#define NETC_TARGETS_TEMPLATE_H

#include <stdbool.h>

#include "base/text.h"

enum { TEMPLATE_HOLES = 64, TEMPLATE_DEPTH = 16 };

typedef struct Hole {
    const char *name, *text;
} Hole;

typedef struct Template {
    Arena *arena;
    Text text; /* what has been printed */
    Hole holes[TEMPLATE_HOLES];
    int hole_count;

    /* where the text is */
    int indent, chain, if_chain;
    int open[TEMPLATE_DEPTH], open_count; /* of each brace: how deep its statement stood */
} Template;

Template template_new(Arena *arena);

/* Fills a hole; "" takes a line with `?` away. */
void template_set(Template *t, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));
const char *template_get(const Template *t, const char *name);
bool template_has(const Template *t, const char *name);
void template_forget(Template *t);

void template_print(Template *t, const char *lines);

/* The lines that are wanted, with their holes filled, as a template without holes. */
const char *template_lines(Template *t, const char *lines);

/* The lines as template_print would print them at the left edge. */
const char *template_filled(Template *t, const char *lines);

/* A comment that begins a part of the program. */
void template_rule(Template *t, const char *title);

/* Whether `text` has the word `name`. */
bool text_has_word(const char *text, const char *name);

#endif
