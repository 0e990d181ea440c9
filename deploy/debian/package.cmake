# What the Debian package has and says of itself. script/package builds it; docs/deploy-package.md tells its users of it.

include(GNUInstallDirs)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(from ${CMAKE_CURRENT_LIST_DIR})
set(made ${CMAKE_BINARY_DIR}/debian)
set(shared ${CMAKE_INSTALL_DATADIR}/mppsolar-exporter)
set(doc ${CMAKE_INSTALL_DATADIR}/doc/mppsolar-exporter)

# The program itself writes these, from the definitions of its options; one that is built for another machine does it under
# CMAKE_CROSSCOMPILING_EMULATOR.
function(add_written_file name)
  add_custom_command(OUTPUT ${made}/${name} COMMAND mppsolar_exporter ${ARGN} > ${made}/${name}
    DEPENDS mppsolar_exporter VERBATIM)
  set_property(TARGET package_files APPEND PROPERTY SOURCES ${made}/${name})
endfunction()

# Without the time and name that gzip adds of itself.
function(add_compressed_file name source)
  add_custom_command(OUTPUT ${made}/${name} COMMAND gzip -9nc ${source} > ${made}/${name} DEPENDS ${source} VERBATIM)
  set_property(TARGET package_files APPEND PROPERTY SOURCES ${made}/${name})
endfunction()

file(MAKE_DIRECTORY ${made})
add_custom_target(package_files ALL)
add_written_file(mppsolar_exporter.1 man-page)
add_written_file(mppsolar_exporter completion bash)
add_written_file(_mppsolar_exporter completion zsh)
add_written_file(mppsolar_exporter.fish completion fish)
add_compressed_file(mppsolar_exporter.1.gz ${made}/mppsolar_exporter.1)
# Of the time that SOURCE_DATE_EPOCH says.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${from}/changelog.in ${made}/changelog @ONLY)
add_compressed_file(changelog.gz ${made}/changelog)
add_compressed_file(CHANGELOG.md.gz ${CMAKE_SOURCE_DIR}/CHANGELOG.md)

install(TARGETS mppsolar_exporter RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES deploy/systemd/mppsolar-exporter.service deploy/systemd/mppsolar-exporter.socket
  DESTINATION lib/systemd/system)
install(FILES deploy/udev/70-mppsolar.rules DESTINATION lib/udev/rules.d)
install(FILES ${from}/mppsolar.yml DESTINATION /etc/mppsolar)
install(FILES ${from}/mppsolar-exporter.default DESTINATION /etc/default RENAME mppsolar-exporter)
install(FILES ${made}/mppsolar_exporter.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/mppsolar_exporter DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/_mppsolar_exporter DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${made}/mppsolar_exporter.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
file(GLOB dashboards CONFIGURE_DEPENDS grafana/dashboards/*.json)
file(GLOB rules CONFIGURE_DEPENDS deploy/prometheus/rules/*.yml)
install(FILES ${dashboards} DESTINATION ${shared}/dashboards)
install(FILES ${rules} DESTINATION ${shared}/rules)
install(FILES ${definitions} DESTINATION ${shared}/protocols)
install(FILES ${from}/lintian-overrides DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides RENAME mppsolar-exporter)
install(FILES ${from}/copyright ${made}/changelog.gz ${made}/CHANGELOG.md.gz DESTINATION ${doc})
install(FILES deploy/prometheus/prometheus.yml deploy/prometheus/alertmanager.yml DESTINATION ${doc}/examples)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mppsolar-exporter)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "The mppsolar_exporter authors")
set(CPACK_PACKAGE_CONTACT "The mppsolar_exporter authors <mppsolar-exporter@users.noreply.github.com>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
set(CPACK_PRE_BUILD_SCRIPTS ${from}/staged.cmake)
set(CPACK_MPPSOLAR_STRIP ${CMAKE_STRIP})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${MPPSOLAR_ARCHITECTURE})
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE https://github.com/mppsolar-exporter/mppsolar_exporter)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus, prometheus-alertmanager")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${from}/conffiles ${from}/postinst ${from}/prerm ${from}/postrm)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Prometheus exporter for MPP Solar / Voltronic inverters
Asks MPP Solar, Voltronic and Axpert inverters of the PI30 family over their
serial line, their USB socket or a network bridge, and serves what they answer
as metrics for Prometheus and as a page for people. Nothing but queries is
ever sent to an inverter, and no value is served that it did not send.
.
The service mppsolar-exporter finds the inverter by itself if there is one.
Grafana dashboards, rules for Prometheus and the protocol definitions are in
/usr/share/mppsolar-exporter.")
include(CPack)
