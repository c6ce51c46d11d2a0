/* Help: what `netc help` says of the vocabulary, from the tables that the compiler reads. */
#ifndef NETC_HELP_H
#define NETC_HELP_H

#include <stdbool.h>

#include "base/text.h"

/* The names of all nouns, group by group, in lines of at most `width` characters. */
void help_vocabulary(Text *out, int width);

/* One name a line, for the shell's completion and the tests. */
void help_names(Text *out);

/* A group ("layers": a line for each), or a noun ("Conv2d", "nn.Conv2d"): signature, shapes, example, differences from
 * torch's. False when there is no such name; then `out` gets the reason, or nothing where the name says nothing. */
bool help_topic(Text *out, const char *name);

/* The noun that `name` was probably meant to be, or NULL. */
const char *help_closest(Arena *arena, const char *name);

#endif
