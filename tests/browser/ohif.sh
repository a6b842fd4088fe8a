#!/bin/sh
# The viewer OHIF as its makers built it, once a folder: ohif.sh FOLDER. Left out are the parts for neural
# networks and microscope slides. By `npm pack`, because `npm ci` brings the thousand packages that it was built from.
set -eu
package=@ohif/app@3.13.2
sha512=WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA==

mkdir -p "$1"
cd "$1"
[ ! -e whole ] || exit 0
npm pack --silent $package >name
file=$(cat name)
[ "$(openssl dgst -sha512 -binary "$file" | openssl base64 -A)" = "$sha512" ] || {
	echo "$package is not what it was"
	exit 1
}
tar -xzf "$file" --strip-components=2 --exclude='*/ort' --exclude='*/dicom-microscopy-viewer' package/dist
rm "$file" name
touch whole
