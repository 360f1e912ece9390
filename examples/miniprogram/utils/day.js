const two = n => String(n).padStart(2, '0')

/** '2026-11-26T04:30:00.000Z' => '11月26日 12:30'，手机的时区 */
exports.day = iso => {
  const at = new Date(iso)
  return `${at.getMonth() + 1}月${at.getDate()}日 ${two(at.getHours())}:${two(at.getMinutes())}`
}
