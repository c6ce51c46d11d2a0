/* sheet.h: pictures of a data set side by side, with the names of their classes: what the command `data` writes. */
#ifndef NC_COMMANDS_SHEET_H
#define NC_COMMANDS_SHEET_H

#include "core.h"

/* Writes the `count` samples at `input`, the first ones of the loader's epoch, as the transforms leave them, into a PNG
 * file at `path`, and says so. Where transforms draw by chance, the first of them follow as they are in several
 * epochs. Ends the program where the file can't be written. */
void nc_write_sheet(struct nc_run *run, const struct nc_loader *loader, const void *const *input, int count,
                    const char *path);

#endif
