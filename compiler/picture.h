/* Picture: what `netc graph` draws. */
#ifndef NETC_PICTURE_H
#define NETC_PICTURE_H

#include "driver.h"

typedef enum PictureOf { PICTURE_MODEL, PICTURE_KERNELS, PICTURE_MEMORY } PictureOf;

/* Whether a file of this name can hold such a picture: .svg, .dot, .gv, .png, of memory .svg alone. False after saying
 * why not. NULL, standard output, can. */
bool picture_check_name(const char *path, PictureOf of);

/* Draws what the compilation has made, and writes it to `path`; NULL: to standard output, as text for Graphviz, of
 * memory as SVG. False after saying what went wrong. */
bool picture_write(const Compilation *c, const char *path, PictureOf of);

#endif
