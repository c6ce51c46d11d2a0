/* pickle_write.h: what is written of pickles, protocol 2. */
#ifndef NC_STORE_PICKLE_WRITE_H
#define NC_STORE_PICKLE_WRITE_H

#include <stdio.h>

#include "netc.h"

struct nc_run;

void nc_pickle_put_integer(FILE *to, long long value);
void nc_pickle_put_text(FILE *to, const char *text);

/* The tensor whose elements are record data/NUMBER. */
void nc_pickle_put_tensor(FILE *to, const struct nc_parameter *p, int number);

/* A literal of Python's, or the items of a dict ("'p': 0.5, 'inplace': False"): numbers, strings without escapes, True,
 * False, None, tuples and lists. The text is the compiler's own: nc_bug where it is something else. */
void nc_pickle_put_items(FILE *to, const char *items);

/* The whole model, as torch.save(model) writes its objects (whole.c). */
void nc_pickle_put_modules(FILE *to, const struct nc_run *run);

#endif
