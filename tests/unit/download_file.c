/* download_file KIND FOLDER NAME MD5 UNPACKED ADDRESS [ADDRESS]: nc_download_file, for tests/download_test.py. UNPACKED
 * is the folder of a .tar.gz, or "-". */
#include <stdio.h>
#include <string.h>

#include "data/download.h"

int main(int argc, char **argv)
{
    char error[NC_DOWNLOAD_ERROR];
    if (argc < 7)
        return 2;
    struct nc_remote file = {{argv[6], argc > 7 ? argv[7] : NULL}, argv[3], argv[4],
                             strcmp(argv[5], "-") ? argv[5] : NULL};
    if (nc_download_file(NULL, &file, argv[1], argv[2], NC_DOWNLOAD_LINES, error))
        return 0;
    fprintf(stderr, "refused: %s\n", error);
    return 1;
}
