/** A number as WeChat spells it: `phoneNumber` has the country code only if it is a foreign one. */
export function phoneFields(purePhoneNumber: string, countryCode = '86') {
  const phoneNumber = countryCode === '86' ? purePhoneNumber : countryCode + purePhoneNumber
  return { phoneNumber, purePhoneNumber, countryCode }
}
