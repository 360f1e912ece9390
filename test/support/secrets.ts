/** Visibly made up, and strong enough for the configuration check. */
export const JWT_SECRET = 'for tests only: 9fQx!Lw3@Rz7#Kp5$Vn2%Bt8^Hy6&Jm4'
export const OTHER_JWT_SECRET = 'for tests only, too: Zc4=Xv8-Bn2_Mk6.Gq9,Td3;Pw7:Ys1'
