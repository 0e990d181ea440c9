# Runs between installing into the package's folder and packing it: strips the program as dh_strip does, and gives all files
# the time of the source, so that the same source is the same package.
set(folder ${CPACK_TEMPORARY_DIRECTORY})
execute_process(COMMAND ${CPACK_MPPSOLAR_STRIP} --remove-section=.comment --remove-section=.note
  ${folder}/usr/bin/mppsolar_exporter COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND find ${folder} -exec touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} +
  COMMAND_ERROR_IS_FATAL ANY)
