#include "targets/cpu/families/torch_order.h"

enum { ROWS, COLS, CHANNELS };

Place places(KernelText *k, int x_row, int x_col)
{
    const char *rows = dim(k, ROWS), *cols = dim(k, COLS);
    const char *r = loop(k, "r", rows), *c = loop(k, "c", cols), *i = loop(k, "k", dim(k, CHANNELS));
    Place place;
    const char *row = sum_of(k, product_of(k, i, rows), r);
    place.flat = sum_of(k, product_of(k, row, cols), c);
    place.spread = sum_of(k, offset_of(k, r, dim(k, x_row), c, dim(k, x_col)), i);
    return place;
}
