/* unpack.h: files packed by gzip, alone or many as a .tar.gz. What they say of themselves is not believed: nothing is
 * written but to the path or into the folder that the caller names. */
#ifndef NC_DATA_UNPACK_H
#define NC_DATA_UNPACK_H

enum { NC_UNPACK_ERROR = 512 }; /* bytes of a sentence about what went wrong, its end included */

/* Unpacks the gzip file `packed` to `path`, which appears only when it is whole. Returns 1, or 0 with a sentence. */
int nc_unpack_gzip(const char *packed, const char *path, char error[NC_UNPACK_ERROR]);

/* Unpacks the .tar.gz file `packed`, all of whose files must lie in its folder `folder` itself, to the folder
 * `parent`/`folder`, which appears only when it is whole. Returns 1, or 0 with a sentence. */
int nc_unpack_tar(const char *packed, const char *parent, const char *folder, char error[NC_UNPACK_ERROR]);

#endif
