/* whole.h: reading and writing a descriptor until all is done, through interruptions by signals. */
#ifndef NC_WHOLE_H
#define NC_WHOLE_H

#include <stddef.h>

/* The whole of `bytes`. 0, or an errno. */
int nc_write_whole(int file, const void *bytes, size_t size);

/* `size` bytes. 0, or an errno; EIO where the file ends before. */
int nc_read_whole(int file, void *bytes, size_t size);

#endif
