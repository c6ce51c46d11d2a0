/* What kind of file some bytes begin, for messages about a file that is none of what is wanted. */
#include <string.h>

#include "data.h"

const char *nc_file_kind(const unsigned char *bytes, size_t size)
{
    static const struct {
        const char *begin;
        size_t length;
        const char *kind;
    } known[] = {
        {"\x89PNG", 4, "a PNG picture"},  {"\xff\xd8\xff", 3, "a JPEG picture"}, {"GIF8", 4, "a GIF picture"},
        {"II*\0", 4, "a TIFF picture"},   {"MM\0*", 4, "a TIFF picture"},        {"RIFF", 4, "a WebP picture"},
        {"\x93NUMPY", 6, NC_ARRAY_FILE},  {"PK\3\4", 4, "a zip file"},           {"\x1f\x8b", 2, "a gzip file"},
        {"\x89HDF", 4, "an HDF5 file"},   {"%PDF", 4, "a PDF file"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (size >= 12 && memcmp(bytes, known[i].begin, known[i].length) == 0 &&
            (bytes[0] != 'R' || memcmp(bytes + 8, "WEBP", 4) == 0))
            return known[i].kind;
    }
    return NULL;
}
