/* md5.h: MD5 (RFC 1321), by which the data sets' pages tell a damaged download; it proves nothing against malice. */
#ifndef NC_DATA_MD5_H
#define NC_DATA_MD5_H

#include <stddef.h>

enum { NC_MD5_TEXT = 33 }; /* 32 hexadecimal digits and the end */

struct nc_md5 {
    unsigned state[4];
    unsigned long long bytes;
    unsigned char block[64];
};

void nc_md5_start(struct nc_md5 *md5);
void nc_md5_add(struct nc_md5 *md5, const unsigned char *bytes, size_t count);
void nc_md5_finish(struct nc_md5 *md5, char text[NC_MD5_TEXT]);

/* Of a file: 1, or 0 with errno. */
int nc_md5_of_file(const char *path, char text[NC_MD5_TEXT]);

#endif
